/**
 * Replaces the timers and both clocks by ones that move only when told to, so that a minute passes in no time.
 * `sleep` moves the clocks without firing a timer on time, as a suspended device does.
 */
export class FakeClock {
  #real = { setTimeout, clearTimeout, now: Date.now, steady: performance.now.bind(performance) };
  #now = 1_764_000_000_000;
  #timers = new Map();
  #nextId = 1;

  constructor() {
    globalThis.setTimeout = (callback, delay = 0) => {
      this.#timers.set(this.#nextId, { callback, due: this.#now + Math.max(0, delay) });
      return this.#nextId++;
    };
    globalThis.clearTimeout = (id) => void this.#timers.delete(id);
    Date.now = () => this.#now;
    performance.now = () => this.#now - 1_764_000_000_000;
  }

  /** How many timers are pending. */
  get pending() {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer; undefined without one. */
  get next() {
    const due = [...this.#timers.values()].map((timer) => timer.due);
    return due.length ? Math.min(...due) - this.#now : undefined;
  }

  async advance(milliseconds) {
    const end = this.#now + milliseconds;
    for (;;) {
      const [id, timer] = [...this.#timers].sort(([, a], [, b]) => a.due - b.due)[0] ?? [];
      if (!timer || timer.due > end) break;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, timer.due);
      timer.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  sleep(milliseconds) {
    this.#now += milliseconds;
  }

  restore() {
    Object.assign(globalThis, { setTimeout: this.#real.setTimeout, clearTimeout: this.#real.clearTimeout });
    Date.now = this.#real.now;
    performance.now = this.#real.steady;
  }
}

/** Lets everything run that waits for nothing but the event loop. */
export async function settle() {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
