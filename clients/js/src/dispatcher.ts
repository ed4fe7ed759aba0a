import { EventHandler, isSystemEvent, PushEvent } from "./event.js";

/** Events kept for handlers that are not there yet: at most so many, and so many UTF-16 units of data in all. */
const maxKept = 100;
const maxKeptLength = 1024 * 1024;

/**
 * Hands each event to the handlers of its type, in the order of their subscription, and to those of `"*"`.
 *
 * An application's event that has no handler yet is kept and handed over, in order, when one subscribes. What a handler
 * throws is reported like an uncaught error and stops neither the others nor the stream.
 */
export class Dispatcher {
  readonly #handlers = new Map<string, EventHandler[]>();
  #kept: PushEvent[] = [];
  #keptLength = 0;
  #handingOver = false;

  subscribe(type: string, handler: EventHandler): () => void {
    // Its own function, so that one handler subscribed twice is two subscriptions.
    const entry: EventHandler = Object.assign((event: PushEvent) => handler(event), { handler });
    this.#handlers.set(type, [...(this.#handlers.get(type) ?? []), entry]);
    this.#handOverSoon();
    return () => this.#remove(type, (other) => other === entry);
  }

  /** Removes every subscription of the handler to the type. */
  unsubscribe(type: string, handler: EventHandler): void {
    this.#remove(type, (entry) => (entry as { handler?: EventHandler }).handler === handler);
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
    const entries = this.#handlers.get(type);
    for (const entry of entries ?? []) {
      if (!this.#handlers.get(type)?.includes(entry)) continue;
      try {
        entry(event);
      } catch (error) {
        (globalThis.reportError ?? console.error)(error);
      }
    }
    return entries !== undefined;
  }

  #remove(type: string, isIt: (entry: EventHandler) => boolean): void {
    const left = (this.#handlers.get(type) ?? []).filter((entry) => !isIt(entry));
    if (left.length > 0) this.#handlers.set(type, left);
    else this.#handlers.delete(type);
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
