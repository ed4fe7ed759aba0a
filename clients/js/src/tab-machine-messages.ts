import type { Pace } from "./connection-messages.js";
import type { PushEvent } from "./event.js";
import type { WorldInput } from "./runner.js";
import type { Snapshot, Token } from "./source.js";
import type { TabMessage } from "./tab-messages.js";

/** What happens to a tab. */
export type TabInput =
  | WorldInput
  | { kind: "start" | "stop" | "reconnect" }
  /** The name of the group of tabs that this one belongs to; null where it cannot share. */
  | { kind: "named"; name: string | null }
  | { kind: "namingFailed"; message: string }
  | { kind: "lockGranted" | "lockLost" | "lockUnavailable" }
  | { kind: "message"; message: TabMessage }
  // From the tab's own stream, where it has one.
  | { kind: "event"; event: PushEvent }
  | { kind: "snapshot"; snapshot: Snapshot }
  | { kind: "gap" }
  /** The stream's token turned out to be another user's. */
  | { kind: "otherUser"; token: Token; isRefreshed: boolean };

/** Something for each of them. */
export type TabHandlers = { [Input in TabInput as Input["kind"]]: (input: Input) => void };

/** What a tab is to do about it, in this order. */
export type TabAction =
  /** Find out who the user is, and so the group's name; `token`: one that is there already. */
  | { kind: "name"; token: Token }
  | { kind: "join"; name: string }
  /** Leave the group, if it is in one, and so the line for its lock. */
  | { kind: "leave" }
  | { kind: "requestLock"; steal: boolean }
  | { kind: "releaseLock" }
  /** Open a stream of its own; `isAlone`: which sees to the page itself. */
  | { kind: "connect"; lastEventId: string; pace: Pace; isAlone: boolean }
  /** Let go of that stream, if there is one; open it anew; see whether it is alive. */
  | { kind: "disconnect" | "reconnect" | "wake" }
  /** To a tab, to the `leader`, or to `all` others. */
  | { kind: "tell"; to: string; message: TabMessage }
  | { kind: "deliver"; event: PushEvent }
  | { kind: "gap" }
  | { kind: "publish"; snapshot: Snapshot };
