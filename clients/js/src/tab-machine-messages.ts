import type { Pace } from "./connection-messages.js";
import type { PushEvent } from "./event.js";
import type { WorldInput } from "./runner.js";
import type { AddedTopics, Snapshot, Token } from "./source.js";
import type { TabMessage } from "./tab-messages.js";
import type { Refusal } from "./topics.js";

/** What happens to a tab. */
export type TabInput =
  | WorldInput
  | { kind: "start" | "stop" | "reconnect" }
  /** The name of the group of tabs that this one belongs to; null where it cannot share. */
  | { kind: "named"; name: string | null }
  | { kind: "namingFailed"; message: string }
  | { kind: "lockGranted" | "lockLost" | "lockUnavailable" }
  | { kind: "message"; message: TabMessage }
  // From the application, about topics.
  | { kind: "addTopics" | "removeTopics"; names: readonly string[] }
  | { kind: "forgetTopics" }
  /** The application has the values of what it has added. */
  | { kind: "taken"; position: string }
  // From the tab's own stream, where it has one.
  | { kind: "event"; event: PushEvent }
  | { kind: "snapshot"; snapshot: Snapshot }
  | { kind: "gap" }
  /** The stream's token turned out to be another user's. */
  | { kind: "otherUser"; token: Token; isRefreshed: boolean }
  /** The stream follows what a tab has asked for, or the hub does not let it. */
  | { kind: "followed"; tab: string; names: readonly string[]; outcome: AddedTopics | Refusal }
  /** The stream does not follow them any more after the position, as it was told. */
  | { kind: "unfollowed"; names: readonly string[]; position: string }
  /** The hub has ended that the stream follows them. */
  | { kind: "topicsTaken"; names: readonly string[] };

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
  | { kind: "connect"; lastEventId: string; topics: readonly string[]; pace: Pace; isAlone: boolean }
  /** Let go of that stream, if there is one; open it anew; see whether it is alive. */
  | { kind: "disconnect" | "reconnect" | "wake" }
  /** To a tab, to the `leader`, or to `all` others. */
  | { kind: "tell"; to: string; message: TabMessage }
  /** For a tab: let that stream follow topics; none: ask for the values of all that it follows. */
  | { kind: "follow"; tab: string; names: readonly string[] }
  | { kind: "unfollow"; names: readonly string[] }
  /** What the application has added is there, is refused, or is given up with all that it waits for. */
  | { kind: "added"; outcome: AddedTopics | Refusal }
  | { kind: "giveUp" }
  /** Topics are not followed any more. */
  | { kind: "refused"; names: readonly string[]; refusal: Refusal }
  | { kind: "deliver"; event: PushEvent }
  | { kind: "gap" }
  | { kind: "publish"; snapshot: Snapshot };
