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

/** One timer that follows a deadline. */
export class DeadlineTimer {
  readonly #onDue: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;

  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /**
   * `deadline` and `now` on the same clock; `Infinity` waits for nothing. `isLazy`: a later deadline leaves the timer, which
   * then calls too early, and costs nothing.
   */
  set(deadline: number, now: number, isLazy = false): void {
    if (this.#timer !== undefined && (deadline === this.#due || (isLazy && deadline > this.#due))) return;
    this.#clear();
    if (deadline === Infinity) return;
    this.#due = deadline;
    this.#timer = setTimeout(() => {
      this.#clear();
      this.#onDue();
    }, Math.min(Math.max(Math.ceil(deadline - now), 0), 2 ** 31 - 1));
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = Infinity;
  }
}
