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

/** Calls back at a deadline, or never (`Infinity`); both times on one clock. Returns what `clearTimeout` takes. */
export function timerFor(deadline: number, now: number, onDue: () => void): ReturnType<typeof setTimeout> | undefined {
  if (deadline === Infinity) return undefined;
  return setTimeout(onDue, Math.min(Math.max(Math.ceil(deadline - now), 0), 2 ** 31 - 1));
}
