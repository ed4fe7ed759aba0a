/** A timer this late means that the page slept: what arrived meanwhile is still to be read. */
const lateness = 1000;

/**
 * Notices silence: calls `onSilence` once when nothing was heard for `limit` milliseconds.
 *
 * Timers stand still while a device sleeps and are slow in hidden tabs, so silence is measured with both clocks, the
 * steady one (which some systems stop during sleep) and the wall's (which may be set back).
 */
export class Watchdog {
  readonly #onSilence: () => void;
  #limit: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #steady = 0;
  #wall = 0;

  constructor(limit: number, onSilence: () => void) {
    this.#limit = limit;
    this.#onSilence = onSilence;
    this.heard();
    this.#arm(limit);
  }

  heard(): void {
    this.#steady = performance.now();
    this.#wall = Date.now();
  }

  /** Changes how long the silence may last; `Infinity` watches no more. */
  setLimit(limit: number): void {
    this.#limit = limit;
    this.#arm(limit);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Looks now, because the page just woke up, and gives what arrived during its sleep a second to be read. */
  check(): void {
    if (this.#silence() >= this.#limit) this.#arm(lateness, true);
  }

  #silence(): number {
    return Math.max(performance.now() - this.#steady, Date.now() - this.#wall);
  }

  /** `isGrace`: what comes next is the verdict, however late the timer is (in a hidden tab it may always be late). */
  #arm(delay: number, isGrace = false): void {
    clearTimeout(this.#timer);
    if (delay === Infinity) return;
    const due = Date.now() + delay;
    this.#timer = setTimeout(() => {
      const remaining = this.#limit - this.#silence();
      if (remaining > 0) this.#arm(remaining);
      else if (!isGrace && Date.now() - due > lateness) this.#arm(lateness, true);
      else this.#onSilence();
    }, Math.min(delay, 2 ** 31 - 1));
  }
}
