import type { PushEvent } from "./event.js";
import { isAfter } from "./position.js";
import type { SharedEvent } from "./tab-topics.js";
import { maxTopics } from "./topics.js";

/** A tab that was not heard for so long, in milliseconds, is gone: those that are there speak up more than twice as often. */
const goneAfter = 150_000;

/** What all tabs want of the stream that they share, as its leader knows it. A value without I/O. */
export class LeaderTopics {
  readonly #term: number;
  /** How often the stream has lost a topic. */
  #losses = 0;
  /** What the stream follows, and from which position on. */
  readonly #followed = new Map<string, string>();
  /** What it follows no longer, but for what came up to this position; empty: that is not known yet. */
  readonly #leaving = new Map<string, string>();
  readonly #tabs = new Map<string, { topics: readonly string[]; heardAt: number }>();

  constructor(term: number) {
    this.#term = term;
  }

  /** Another one as soon as the stream has lost a topic. */
  get era(): string {
    return `${this.#term}/${this.#losses}`;
  }

  get followed(): string[] {
    return [...this.#followed.keys()];
  }

  /** A tab says what it wants. False: that is more than one stream can follow. */
  hear(tab: string, topics: readonly string[], now: number): boolean {
    this.#tabs.set(tab, { topics, heardAt: now });
    return topics.length === 0 || this.#wanted.size <= maxTopics || !this.#tabs.delete(tab);
  }

  /** A stream is about to begin, from a position on, with all that is wanted. */
  begin(position: string): void {
    this.#leaving.clear();
    this.lost(this.followed);
    this.follow([...this.#wanted].slice(0, maxTopics), position);
  }

  /** The stream follows these from the position on; but for what it is told to leave after that. */
  follow(names: readonly string[], position: string): void {
    for (const name of names) {
      if (!this.#followed.has(name) && this.#leaving.get(name) !== "") this.#followed.set(name, position);
    }
  }

  /** What nobody wants any more: the stream is to leave it. */
  unwanted(now: number): string[] {
    for (const [tab, { heardAt }] of this.#tabs) if (now - heardAt > goneAfter) this.#tabs.delete(tab);
    const wanted = this.#wanted;
    const names = this.followed.filter((name) => !wanted.has(name));
    for (const name of names) this.#leaving.set(name, "");
    this.lost(names);
    return names;
  }

  /** The stream has left them at the position; empty: it could not be told to. */
  left(names: readonly string[], position: string): void {
    for (const name of names) {
      if (position === "") this.#leaving.delete(name);
      else this.#leaving.set(name, position);
    }
  }

  lost(names: readonly string[]): void {
    for (const name of names) this.#followed.delete(name);
    if (names.length > 0) this.#losses += 1;
  }

  missing(topics: readonly string[]): string[] {
    return topics.filter((name) => !this.#followed.has(name));
  }

  /** Whether all that has come for these topics since the position has come to the leader. */
  covers(topics: readonly string[], position: string): boolean {
    return topics.every((name) => {
      const since = this.#followed.get(name);
      return since === "" || since === position || (since !== undefined && isAfter(position, since));
    });
  }

  /** An event as the tabs are to see it. */
  shared(event: PushEvent): SharedEvent {
    const { topic, lastEventId } = event;
    if (topic === undefined || this.#followed.has(topic)) return event;
    const end = this.#leaving.get(topic);
    const isGiven = end === undefined || (end !== "" && isAfter(lastEventId, end) !== false);
    return isGiven ? { ...event, isGiven } : event;
  }

  get #wanted(): Set<string> {
    return new Set([...this.#tabs.values()].flatMap(({ topics }) => topics));
  }
}
