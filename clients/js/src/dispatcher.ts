import { EventHandler, isSystemEvent, PushEvent } from "./event.js";

/** Events kept for handlers that are not there yet: at most so many, and so many UTF-16 units of data in all. */
const maxKept = 100;
const maxKeptLength = 1024 * 1024;

/** One subscription; an object of its own, so that a handler subscribed twice is two. */
interface Entry {
  type: string;
  handler: EventHandler;
}

/**
 * Hands each event to the handlers of its type, in the order of their subscription, and to those of `"*"`.
 *
 * An application's event that has no handler yet is kept and handed over, in order, when one subscribes. What a handler
 * throws is reported like an uncaught error and stops neither the others nor the stream.
 */
export class Dispatcher {
  #entries: Entry[] = [];
  #kept: PushEvent[] = [];
  #keptLength = 0;
  #handingOver = false;

  subscribe(type: string, handler: EventHandler): () => void {
    const entry = { type, handler };
    this.#entries = this.#entries.concat(entry);
    this.#handOverSoon();
    return () => this.#remove((other) => other === entry);
  }

  /** Removes every subscription of the handler to the type. */
  unsubscribe(type: string, handler: EventHandler): void {
    this.#remove((entry) => entry.type === type && entry.handler === handler);
  }

  once(type: string, handler: EventHandler): () => void {
    const stop = this.subscribe(type, (event) => {
      stop();
      handler(event);
    });
    return stop;
  }

  dispatch(event: PushEvent): void {
    if (!this.#deliver(event.type, event) && !isSystemEvent(event.type)) this.#keep(event);
    this.#deliver("*", event);
  }

  /** Forgets the kept events: they belong to somebody else now. */
  forget(): void {
    this.#kept = [];
    this.#keptLength = 0;
  }

  #deliver(type: string, event: PushEvent): boolean {
    const entries = this.#entries.filter((entry) => entry.type === type);
    for (const entry of entries) if (this.#entries.includes(entry)) safely(entry.handler, event);
    return entries.length > 0;
  }

  #remove(isIt: (entry: Entry) => boolean): void {
    this.#entries = this.#entries.filter((entry) => !isIt(entry));
  }

  #keep(event: PushEvent): void {
    this.#kept.push(event);
    this.#keptLength += event.data.length;
    while (this.#kept.length > maxKept || this.#keptLength > maxKeptLength) {
      this.#keptLength -= this.#kept.shift()?.data.length ?? 0;
    }
  }

  /** In a microtask: the subscriber is not called before `subscribe` has returned, but before any newer event. */
  #handOverSoon(): void {
    if (this.#handingOver || this.#kept.length === 0) return;
    this.#handingOver = true;
    queueMicrotask(() => {
      this.#handingOver = false;
      const events = this.#kept;
      this.forget();
      for (const event of events) if (!this.#deliver(event.type, event)) this.#keep(event);
    });
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
