import type { ToastLevel } from "./options.js";

/** What the queue has to know of a toast. */
export interface QueuedToast {
  readonly level: ToastLevel;
  /** Milliseconds for which it is seen; Infinity: until it is closed. */
  readonly duration: number;
  /** Set while it is not settled yet which of the browser's pages shows it. */
  key: string | undefined;
}

/** Whether the user can see the toasts: `held` while somebody reads one, `away` while the page is hidden. */
export type Attention = "free" | "held" | "away";

/** So many of a lane are shown at once: both lanes together fit on a small screen. */
const maxShown = 3;
/** So many of a lane wait for their turn: others than errors pass through in some 20 s. */
const maxWaiting = { errors: 20, others: 9 };

interface Lane<Toast> {
  readonly maxWaiting: number;
  /** `left`: the milliseconds for which it will still be seen. */
  shown: { toast: Toast; left: number }[];
  waiting: Toast[];
  /** Too many came: these were left out, and are told as a number until all others are gone. */
  leftOut: number;
}

/**
 * Which toasts are shown, which wait for their turn, and how many were left out. Errors have a lane of their own: what
 * else comes neither takes their place nor waits for them. Time passes for a toast only while it can be seen.
 *
 * It has no clock: `now` is in milliseconds and never goes back.
 */
export class ToastQueue<Toast extends QueuedToast> {
  readonly #errors: Lane<Toast> = { maxWaiting: maxWaiting.errors, shown: [], waiting: [], leftOut: 0 };
  readonly #others: Lane<Toast> = { maxWaiting: maxWaiting.others, shown: [], waiting: [], leftOut: 0 };
  readonly #lanes = [this.#errors, this.#others];
  #attention: Attention = "free";
  #countedUntil = 0;

  get shown(): Toast[] {
    return this.#lanes.flatMap((lane) => lane.shown.map(({ toast }) => toast));
  }
  get waiting(): Toast[] {
    return this.#lanes.flatMap((lane) => lane.waiting);
  }
  /** How many there are that are not shown. */
  get more(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.waiting.length + lane.leftOut, 0);
  }
  /** When `advance` has something to do; Infinity: never, as things are. */
  get nextDue(): number {
    if (this.#attention !== "free") return Infinity;
    return this.#countedUntil + Math.min(...this.#lanes.flatMap((lane) => lane.shown.map(({ left }) => left)));
  }

  add(toast: Toast, now: number): void {
    const lane = toast.level === "error" ? this.#errors : this.#others;
    lane.waiting.push(toast);
    this.advance(now);
    if (lane.waiting.length <= lane.maxWaiting) return;
    lane.waiting.shift();
    lane.leftOut += 1;
  }

  remove(toast: Toast, now: number): void {
    for (const lane of this.#lanes) {
      lane.shown = lane.shown.filter((other) => other.toast !== toast);
      lane.waiting = lane.waiting.filter((other) => other !== toast);
    }
    this.advance(now);
  }

  clear(): void {
    for (const lane of this.#lanes) Object.assign(lane, { shown: [], waiting: [], leftOut: 0 });
  }

  attend(attention: Attention, now: number): void {
    this.advance(now);
    this.#attention = attention;
    this.advance(now);
  }

  /** Takes away what was seen long enough, and shows what has waited. */
  advance(now: number): void {
    const passed = this.#attention === "free" ? now - this.#countedUntil : 0;
    this.#countedUntil = now;
    for (const lane of this.#lanes) {
      for (const each of lane.shown) each.left -= passed;
      lane.shown = lane.shown.filter(({ left }) => left > 0);
      while (this.#attention !== "away" && lane.shown.length < maxShown && lane.waiting.length > 0) {
        const [toast] = lane.waiting.splice(0, 1) as [Toast];
        lane.shown.push({ toast, left: toast.duration });
      }
      if (lane.shown.length + lane.waiting.length === 0) lane.leftOut = 0;
    }
  }
}
