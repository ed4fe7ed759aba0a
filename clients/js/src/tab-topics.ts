import type { PushEvent } from "./event.js";
import { isAfter } from "./position.js";

/** A follower that has topics is heard so often, in milliseconds, so that the leader knows that somebody wants them. */
const speaksUpAfter = 60_000;

/** Of a stream that several tabs share: a topic that a publisher gave to the user is for all of them. */
export interface SharedEvent extends PushEvent {
  readonly isGiven?: boolean;
}

/** What one tab has asked to be added. Names that it takes back meanwhile are no longer in `wanted`. */
interface Addition {
  readonly names: readonly string[];
  readonly wanted: Set<string>;
}

/**
 * The topics of one of the tabs that share a stream, and what it knows of those that the leader's stream follows. A value
 * without I/O; times are milliseconds on one clock.
 */
export class TabTopics {
  /** What this tab follows. */
  readonly own: Set<string>;
  /** What it waits to follow, one after another. */
  readonly #additions: Addition[] = [];
  /** Of topics that came later: this tab has not had what came up to this position, and does not want it. */
  readonly #newSince = new Map<string, string>();
  /** What the leader's stream follows, as it last said. */
  ofLeader: readonly string[] = [];
  /** Its term, and how often that stream has lost a topic by then. */
  era = "";
  #spokeAt = -Infinity;

  constructor(names: Iterable<string> = []) {
    this.own = new Set(names);
  }

  /** What this tab needs the stream to follow now. */
  get wanted(): string[] {
    return [...new Set([...this.own, ...(this.#additions[0]?.wanted ?? [])])];
  }

  /** What is to be added next. */
  get addition(): readonly string[] | undefined {
    return this.#additions[0]?.names;
  }

  add(names: readonly string[]): void {
    this.#additions.push({ names, wanted: new Set(names) });
  }

  remove(names: readonly string[]): void {
    for (const name of names) {
      this.own.delete(name);
      for (const { wanted } of this.#additions) wanted.delete(name);
    }
  }

  /** The next addition holds from the position on; without one, it does not come about. */
  added(position?: string): void {
    for (const name of this.#additions.shift()?.wanted ?? []) {
      if (position === undefined) continue;
      if (!this.own.has(name)) this.#newSince.set(name, position);
      this.own.add(name);
    }
  }

  isOwn({ topic, isGiven, lastEventId }: SharedEvent): boolean {
    if (topic === undefined || isGiven) return true;
    return this.own.has(topic) && isAfter(lastEventId, this.#newSince.get(topic) ?? "") !== false;
  }

  /** The leader says what its stream follows. */
  heard(era: string, topics: readonly string[]): void {
    this.era = era;
    this.ofLeader = topics;
  }

  /** Whether what comes from the leader is all that this tab follows. */
  isServed(era: string): boolean {
    return this.own.size === 0 || (era === this.era && [...this.own].every((name) => this.ofLeader.includes(name)));
  }

  /** Whether the leader is to hear that this tab is still there; then it does. */
  isDueToSpeak(now: number): boolean {
    return this.own.size > 0 && now - this.#spokeAt > speaksUpAfter;
  }

  spoke(now: number): void {
    this.#spokeAt = now;
  }
}
