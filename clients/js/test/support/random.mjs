/** Random numbers from a seed (mulberry32): the same seed tells the same story. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** From 0 to 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit) {
    return Math.floor(this.next() * limit);
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(list) {
    return list[this.below(list.length)];
  }
}

/**
 * Runs a simulation from many seeds: `PUSHHUB_SEEDS` of them (or as many as given), from `PUSHHUB_SEED` on. A failure names
 * the seed, and the run prints which it has tried.
 */
export function forSeeds(count, context, run) {
  const first = Number(process.env.PUSHHUB_SEED ?? 1);
  const last = first + Number(process.env.PUSHHUB_SEEDS ?? count) - 1;
  for (let seed = first; seed <= last; seed += 1) {
    try {
      run(seed, new Random(seed));
    } catch (error) {
      error.message = `seed ${seed}: ${error.message}`;
      throw error;
    }
  }
  context.diagnostic(`seeds ${first} to ${last}`);
}
