import type { PushEvent } from "./event.js";
import type { Snapshot } from "./source.js";
import type { HistoryEntry } from "./tab-history.js";

/** What the tabs that share a stream say to each other. A change of these is another `protocolVersion`. */
export type TabMessage =
  // To the leader.
  /** Where a tab is, and whether it sees the leader at all: the leader answers to it alone. */
  | { kind: "ask"; from: string; position: string; isVisible: boolean; epoch: Epoch }
  | { kind: "visible" }
  | { kind: "reconnect"; epoch: Epoch }
  // From the leader, to all. Of two leaders the one with the greater term is the present one.
  /** At its begin, at each change of its state, and every few seconds. `isHidden`: visible tabs should say so. */
  | { kind: "beat"; term: number; position: string; snapshot: Snapshot; epoch: Epoch; isHidden: boolean }
  /** `previous` is the position that this event follows: whoever is elsewhere has missed something, or is ahead. */
  | { kind: "event"; term: number; previous: string; event: PushEvent }
  /** The hub has lost what came right after the position. */
  | { kind: "gap"; term: number; position: string }
  // From the leader, to the one that asked.
  | { kind: "answer"; term: number; snapshot: Snapshot; epoch: Epoch; news: TabNews; greeting: PushEvent[] };

export interface TabNews {
  /** Where the asker was, and where the leader is. */
  from: string;
  position: string;
  /** What came in between; null if the leader does not know where the asker was. */
  entries: HistoryEntry[] | null;
}

/**
 * What all tabs remember of the stream's life, so that whichever leads knows whether it is over: when an application last
 * asked for it (milliseconds since 1970), and when, in which leader's term and how it ended for good. The later one holds.
 */
export interface Epoch {
  begunAt: number;
  endedAt: number;
  endedIn: number;
  end: Snapshot | null;
}

/** Part of the channel's name, so that a tab with an older script and one with a newer do not misunderstand each other. */
export const protocolVersion = 2;
