import { growingGap } from "./backoff.js";

/** After so much calm, in milliseconds, the next time counts as the first. */
const calmAfter = 60_000;

/** Keeps what should be rare from coming in a storm: the first time at once, then at distances that grow. */
export class Pacer {
  #count = 0;
  #dueAt = -Infinity;

  /** How long to wait for it now; 0 if it may be done, and then it counts. */
  pause(now: number): number {
    if (now - this.#dueAt > calmAfter) this.#count = 0;
    if (now < this.#dueAt) return this.#dueAt - now;
    this.#dueAt = now + growingGap(this.#count);
    this.#count += 1;
    return 0;
  }
}
