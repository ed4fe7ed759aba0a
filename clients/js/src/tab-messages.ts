import type { PushEvent } from "./event.js";
import type { AddedTopics, Snapshot } from "./source.js";
import type { HistoryEntry } from "./tab-history.js";
import type { Refusal } from "./topics.js";

/** What the tabs that share a stream say to each other. A change of these is another `protocolVersion`. */
export type TabMessage =
  /**
   * To the leader: `ask` wants its answer, `reconnect` another stream, `here` nothing. Each says where the tab is, which
   * topics it needs, whether it can be seen, and what it knows of the stream's life.
   */
  | {
      kind: "ask" | "here" | "reconnect";
      from: string;
      position: string;
      topics: readonly string[];
      /** Topics whose values it wants; none: of all that it may see, as it has just come. */
      valuesOf: readonly string[] | null;
      /** The hub has last values. */
      hasValues: boolean;
      isVisible: boolean;
      epoch: Epoch;
    }
  /**
   * From the leader, to all at its begin, at each change of its state, and every few seconds; and, with `news`, to one
   * that asked. Of two leaders the one with the greater term is the present one. `isHidden`: visible tabs should say so.
   */
  | {
      kind: "beat";
      term: number;
      position: string;
      snapshot: Snapshot;
      epoch: Epoch;
      isHidden: boolean;
      /** The topics that the stream follows. */
      topics: readonly string[];
      era: string;
      /** The stream's `open` and `welcome`. */
      greeting: PushEvent[];
      news: TabNews | null;
    }
  /**
   * From the leader, to all: an event, or null where the hub has lost some. `previous` is the position that it follows:
   * whoever is elsewhere has missed something, or is ahead. `era` is another one since the stream has lost a topic.
   */
  | { kind: "event"; term: number; era: string; previous: string; event: HistoryEntry };

/** What the leader tells one that has asked. */
export type TabNews =
  /** What came between where it was and where the leader is; null if that does not know. */
  | { kind: "entries"; from: string; entries: HistoryEntry[] | null }
  /** The values that it wants. */
  | { kind: "values"; names: readonly string[]; added: AddedTopics }
  /** The hub does not let the stream follow these. */
  | { kind: "refused"; names: readonly string[]; refusal: Refusal }
  /** The stream would have to follow more topics than it can. */
  | { kind: "full" };

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
export const protocolVersion = 4;
