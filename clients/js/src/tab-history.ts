import { isSystemEvent, PushEvent } from "./event.js";
import { isAfter } from "./position.js";

/** What a tab keeps so that it can tell another what that missed: entries, and UTF-16 units of data in all. */
const maxEntries = 500;
const maxLength = 1024 * 1024;
/** Ids kept to recognise an event that arrives twice, around a change of the leading tab: the hub replays so many. */
const maxSeen = 10_000;

/** An event, or null where the hub had lost some. */
export type HistoryEntry = PushEvent | null;

/** What one tab has seen of the shared stream: its position, and the newest events. */
export class TabHistory {
  position = "";
  /** Each with the position that it follows; their chain has no break. */
  #entries: { previous: string; entry: HistoryEntry }[] = [];
  /** From here on the entries are complete. */
  #start = "";
  #length = 0;
  readonly #seen = new Set<string>();

  /** Whether this very position was this tab's, not long ago. */
  hasTaken(position: string): boolean {
    return this.#seen.has(position);
  }

  /** Whether this tab has had what comes at the position. */
  hasSeen(position: string): boolean {
    return this.hasTaken(position) || (this.position !== "" && isAfter(this.position, position) === true);
  }

  /** Whether nothing is missing between this tab's position and an event that follows `previous`. */
  isReachedBy(previous: string): boolean {
    return previous === this.position || (this.position !== "" && isAfter(this.position, previous) === true);
  }

  /** Records the stream's next event. */
  take(event: PushEvent): void {
    if (!isSystemEvent(event.type)) this.#record(event);
    this.moveTo(event.lastEventId);
  }

  /** The hub has lost what came right after this tab's position; false if this is recorded already. */
  takeGap(): boolean {
    const last = this.#entries[this.#entries.length - 1];
    if (last?.entry === null && last.previous === this.position) return false;
    this.#record(null);
    return true;
  }

  /** What comes next is not what follows: another tab gets nothing from here that came before. */
  restart(): void {
    this.#entries = [];
    this.#length = 0;
    this.position = "";
  }

  moveTo(position: string): void {
    if (this.position === "") this.#start = position;
    this.position = position;
    if (position === "") return;
    this.#seen.add(position);
    if (this.#seen.size <= maxSeen) return;
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest);
      break;
    }
  }

  /** What came after a position; null if that is too old, or unknown here. */
  since(position: string): HistoryEntry[] | null {
    if (position === this.position) return [];
    const after = this.#entries.map(({ entry }) => entry);
    const exact = this.#entries.findIndex(({ previous, entry }) => previous === position || entry?.lastEventId === position);
    if (exact >= 0) return after.slice(after[exact]?.lastEventId === position ? exact + 1 : exact);
    const isWithin = isAfter(this.position, position) === true && isAfter(this.#start, position) === false;
    if (!isWithin) return null;
    const next = this.#entries.findIndex(({ previous, entry }) =>
      entry ? isAfter(entry.lastEventId, position) : isAfter(previous, position),
    );
    return next < 0 ? [] : after.slice(next);
  }

  #record(entry: HistoryEntry): void {
    this.#entries.push({ previous: this.position, entry });
    this.#length += entry?.data.length ?? 0;
    while (this.#entries.length > maxEntries || this.#length > maxLength) {
      this.#length -= this.#entries.shift()?.entry?.data.length ?? 0;
      this.#start = this.#entries[0]?.previous ?? this.position;
    }
  }
}
