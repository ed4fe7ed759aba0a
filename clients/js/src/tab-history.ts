import { isSystemEvent, PushEvent } from "./event.js";

/** What a tab keeps so that it can tell another what that missed: entries, and UTF-16 units of data in all. */
const maxEntries = 500;
const maxLength = 1024 * 1024;
/** Ids kept to recognise an event that arrives twice, around a change of the leading tab: the hub replays so many. */
const maxSeen = 10_000;

/** What one tab has seen of the shared stream: its position, and the newest events. */
export class TabHistory {
  position = "";
  /** Positions in order; a heartbeat's has no event. */
  #entries: { id: string; event: PushEvent | null }[] = [];
  #length = 0;
  readonly #seen = new Set<string>();

  /** Records an event; false if this tab has had it already. A position seen before does not move it back. */
  take(event: PushEvent): boolean {
    const { type, lastEventId: id, data } = event;
    const system = isSystemEvent(type);
    if (type === "close" || id === "") return true;
    if (this.#seen.has(id)) return system;
    this.#entries.push({ id, event: system ? null : event });
    this.#length += system ? 0 : data.length;
    this.#trim();
    this.moveTo(id);
    return true;
  }

  moveTo(position: string): void {
    this.position = position;
    if (position === "") return;
    this.#seen.add(position);
    if (this.#seen.size <= maxSeen) return;
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest);
      break;
    }
  }

  hasSeen(id: string): boolean {
    return this.#seen.has(id);
  }

  /** The events after a position; null if that is too old, or unknown here. */
  since(position: string): PushEvent[] | null {
    if (position === this.position) return [];
    for (let index = this.#entries.length - 1; index >= 0; index -= 1) {
      if (this.#entries[index]?.id !== position) continue;
      return this.#entries.slice(index + 1).flatMap(({ event }) => event ?? []);
    }
    return null;
  }

  #trim(): void {
    while (this.#entries.length > maxEntries || this.#length > maxLength) {
      this.#length -= this.#entries.shift()?.event?.data.length ?? 0;
    }
  }
}
