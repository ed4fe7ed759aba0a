import type { Pace } from "./connection-messages.js";
import type { PushEvent } from "./event.js";
import type { Snapshot } from "./source.js";
import type { TabMessage } from "./tab-messages.js";

/** What happens to a tab. */
export type TabInput =
  | { kind: "start" | "stop" | "reconnect" | "woke" | "left" | "time" }
  /** The name of the group of tabs that this one belongs to; null where it cannot share. */
  | { kind: "named"; name: string | null }
  | { kind: "namingFailed"; message: string }
  | { kind: "lockGranted" | "lockLost" | "lockUnavailable" }
  | { kind: "message"; message: TabMessage }
  // From the tab's own stream, where it has one.
  | { kind: "event"; event: PushEvent }
  | { kind: "snapshot"; snapshot: Snapshot }
  | { kind: "gap" }
  /** The stream's token turned out to be another user's; it stays in hand. */
  | { kind: "otherUser"; isRefreshed: boolean };

/** Something for each of them. */
export type TabHandlers = { [Input in TabInput as Input["kind"]]: (input: Input) => void };

/** What a tab is to do about it, in this order. */
export type TabAction =
  /** Find out who the user is, and so the group's name. */
  | { kind: "name" }
  | { kind: "join"; name: string }
  | { kind: "leave" }
  | { kind: "requestLock" | "stealLock" | "releaseLock" }
  /** Open a stream of its own; `isAlone`: which sees to the page itself; `isInHand`: with the token that is there. */
  | { kind: "connect"; lastEventId: string; pace: Pace; isAlone: boolean; isInHand: boolean }
  | { kind: "disconnect" | "reconnectStream" | "wakeStream" }
  | { kind: "broadcast"; message: TabMessage }
  /** To a tab, or (without one) to the leader. */
  | { kind: "tell"; to: string | null; message: TabMessage }
  | { kind: "deliver"; event: PushEvent }
  | { kind: "gap" }
  | { kind: "publish"; snapshot: Snapshot };

/** What a tab sees of the world when something happens. */
export interface TabWorld {
  /** Milliseconds on a clock that sleep does not stop. */
  now: number;
  /** Milliseconds since 1970, the same in all tabs. */
  wall: number;
  /** From 0 to 1. */
  random: number;
  isHidden: boolean;
}
