/**
 * Elapsed time in milliseconds, sleep included. Some systems stop the steady clock while they sleep, and the wall clock
 * may be set back: of the two the one that moved further counts.
 */
export class ElapsedClock {
  #elapsed = 0;
  #steady = performance.now();
  #wall = Date.now();

  now(): number {
    const [steady, wall] = [performance.now(), Date.now()];
    this.#elapsed += Math.max(steady - this.#steady, wall - this.#wall, 0);
    this.#steady = steady;
    this.#wall = wall;
    return this.#elapsed;
  }
}

/** One timer that follows a deadline, and costs nothing while that stays the same. */
export class DeadlineTimer {
  readonly #onDue: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deadline = Infinity;

  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /** `deadline` and `now` on one clock; `Infinity` waits for nothing. */
  set(deadline: number, now: number): void {
    if (deadline === this.#deadline) return;
    clearTimeout(this.#timer);
    this.#deadline = deadline;
    if (deadline === Infinity) return;
    this.#timer = setTimeout(() => {
      this.#deadline = Infinity;
      this.#onDue();
    }, Math.min(Math.max(Math.ceil(deadline - now), 0), 2 ** 31 - 1));
  }
}
