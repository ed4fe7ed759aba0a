import type { PushEvent } from "./event.js";
import type { Snapshot } from "./source.js";

/** What the tabs that share a stream say to each other. A change of these is another `protocolVersion`. */
export type TabMessage =
  | { kind: "hello"; from: string; position: string; visible: boolean; starting: boolean }
  | { kind: "reconnect" }
  /** All that follows is the leader's. Of two leaders the one with the greater term is the present one. */
  | { kind: "lead"; term: number; snapshot: Snapshot }
  | { kind: "state"; term: number; snapshot: Snapshot }
  /** `previous` is the position that this event follows: whoever is elsewhere has missed something, or is ahead. */
  | { kind: "event"; term: number; previous: string; event: PushEvent; isCatchingUp: boolean }
  | { kind: "gap"; term: number }
  /** To a greeting; without an answer as long as the leader itself catches up. */
  | { kind: "sync"; term: number; to: string; snapshot: Snapshot; answer: TabAnswer | null };

export interface TabAnswer {
  /** The leader's position. */
  position: string;
  /** What came after the greeter's; null if the leader does not know where that is. */
  events: PushEvent[] | null;
}

/** Part of the channel's name, so that a tab with an older script and one with a newer do not misunderstand each other. */
export const protocolVersion = 1;
