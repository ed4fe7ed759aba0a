import { EventHandler, isSystemEvent, PushEvent } from "./event.js";

/** Events kept for handlers that are not there yet: at most so many, and so many UTF-16 units of data in all. */
const maxKept = 100;
const maxKeptLength = 1024 * 1024;
/** What came after the last handler of its type had left is kept so long, in milliseconds: for a view that is changed. */
const keptAfterLeaving = 10_000;
/** Types that have had a handler, remembered for that. */
const maxKnown = 1000;

/** One subscription; an object of its own, so that a handler subscribed twice is two. */
interface Entry {
  readonly type: string;
  readonly handler: EventHandler;
  readonly isOnce: boolean;
}

interface Kept {
  readonly event: PushEvent;
  /** On the steady clock. */
  readonly until: number;
}

/**
 * Hands each event to the handlers of its type, in the order of their subscription, and to those of `"*"`.
 *
 * An application's event that has no handler yet is kept and handed over when one subscribes, in order, and before
 * anything newer of its type. What a handler throws is reported like an uncaught error and stops neither the others nor
 * the stream.
 */
export class Dispatcher {
  #entries: Entry[] = [];
  #kept: Kept[] = [];
  #isHandOverDue = false;
  /** Types that have, or have had, a handler. */
  readonly #known = new Set<string>();

  subscribe(type: string, handler: EventHandler, isOnce = false): () => void {
    const entry = { type, handler, isOnce };
    this.#entries = this.#entries.concat(entry);
    if (this.#known.size === maxKnown) this.#known.clear();
    this.#known.add(type);
    // In a microtask: the subscriber is not called before `subscribe` has returned, but before any newer event.
    this.#isHandOverDue = true;
    queueMicrotask(() => this.#handOver());
    return () => this.#remove((other) => other === entry);
  }

  once(type: string, handler: EventHandler): () => void {
    return this.subscribe(type, handler, true);
  }

  /** Removes every subscription of the handler to the type. */
  unsubscribe(type: string, handler: EventHandler): void {
    this.#remove((entry) => entry.type === type && entry.handler === handler);
  }

  dispatch(event: PushEvent): void {
    if (this.#isHandOverDue) this.#handOver();
    if (!this.#deliver(event.type, event) && !isSystemEvent(event.type)) this.#keep(event);
    this.#deliver("*", event);
  }

  /** Forgets the kept events: they belong to somebody else now. */
  forget(): void {
    this.#kept = [];
  }

  #remove(isIt: (entry: Entry) => boolean): void {
    this.#entries = this.#entries.filter((entry) => !isIt(entry));
  }

  #deliver(type: string, event: PushEvent): boolean {
    const entries = this.#entries.filter((entry) => entry.type === type);
    for (const entry of entries) {
      if (!this.#entries.includes(entry)) continue;
      if (entry.isOnce) this.#remove((other) => other === entry);
      safely(entry.handler, event);
    }
    return entries.length > 0;
  }

  #keep(event: PushEvent): void {
    this.#kept.push({ event, until: this.#known.has(event.type) ? performance.now() + keptAfterLeaving : Infinity });
    while (this.#kept.length > maxKept || this.#keptLength > maxKeptLength) this.#kept.shift();
  }

  get #keptLength(): number {
    return this.#kept.reduce((sum, { event }) => sum + event.data.length, 0);
  }

  /** Begins again from the oldest after each one: a handler may subscribe to another type, or leave. */
  #handOver(): void {
    const now = performance.now();
    this.#kept = this.#kept.filter(({ until }) => until > now);
    for (;;) {
      const next = this.#kept.find(({ event }) => this.#entries.some(({ type }) => type === event.type));
      this.#isHandOverDue = !!next;
      if (!next) return;
      this.#kept.splice(this.#kept.indexOf(next), 1);
      this.#deliver(next.event.type, next.event);
    }
  }
}

/** Calls the application's code; what it throws is reported and goes no further. */
export function safely<Arguments extends unknown[]>(call: (...all: Arguments) => void, ...all: Arguments): void {
  try {
    call(...all);
  } catch (error) {
    (globalThis.reportError ?? console.error)(error);
  }
}
