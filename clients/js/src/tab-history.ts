import { isSystemEvent } from "./event.js";
import { isAfter } from "./position.js";
import type { SharedEvent } from "./tab-topics.js";

/** What a tab keeps so that it can tell another what that missed: entries, and UTF-16 units of data in all. */
const maxEntries = 500;
const maxLength = 1024 * 1024;
/** Ids kept to recognise an event that arrives twice, around a change of the leading tab: the hub replays so many. */
const maxSeen = 10_000;

/** An event, or null where the hub had lost some. */
export type HistoryEntry = SharedEvent | null;

/** What one tab has seen of the shared stream: its position, and the newest events. */
export class TabHistory {
  position = "";
  #entries: HistoryEntry[] = [];
  /** Of all entries that there were, so many are gone. */
  #gone = 0;
  #length = 0;
  /** Positions that were this tab's, each with the number of all entries up to there. */
  readonly #seen = new Map<string, number>();

  /** Whether this very position was this tab's, not long ago. */
  hasTaken(position: string): boolean {
    return this.#seen.has(position);
  }

  /** Whether this tab has had what comes at the position. */
  hasSeen(position: string): boolean {
    return this.hasTaken(position) || !!isAfter(this.position, position);
  }

  /** Whether nothing is missing between this tab's position and an event that follows `previous`. */
  isReachedBy(previous: string): boolean {
    return previous === this.position || !!isAfter(this.position, previous);
  }

  /** Records the stream's next event. */
  take(event: SharedEvent): void {
    if (!isSystemEvent(event.type)) this.#record(event);
    this.moveTo(event.lastEventId);
  }

  /** The hub has lost what came right after this tab's position; false if this is recorded already. */
  takeGap(): boolean {
    if (this.#seen.get(this.position) !== this.#count) return false;
    this.#record(null);
    return true;
  }

  /** What comes next is not what follows: another tab gets nothing from here that came before. */
  restart(): void {
    this.#gone = this.#count + 1;
    this.#entries = [];
    this.#length = 0;
    this.position = "";
  }

  moveTo(position: string): void {
    this.position = position;
    if (position === "") return;
    this.#seen.set(position, this.#count);
    const [oldest = ""] = this.#seen.keys();
    if (this.#seen.size > maxSeen) this.#seen.delete(oldest);
  }

  /** What came after a position; null if that is too old, or unknown here. */
  since(position: string): HistoryEntry[] | null {
    // A position that was never this tab's, between two that were, is like the one before it.
    const isBetween = !this.hasTaken(position) && isAfter(this.position, position);
    const known = isBetween ? [...this.#seen.keys()].reverse().find((each) => isAfter(position, each)) : position;
    const start = (this.#seen.get(known ?? "") ?? -1) - this.#gone;
    return start < 0 ? null : this.#entries.slice(start);
  }

  get #count(): number {
    return this.#gone + this.#entries.length;
  }

  #record(entry: HistoryEntry): void {
    this.#entries.push(entry);
    this.#length += entry?.data.length ?? 0;
    while (this.#entries.length > maxEntries || this.#length > maxLength) {
      this.#length -= this.#entries.shift()?.data.length ?? 0;
      this.#gone += 1;
    }
  }
}
