import { growingGap } from "./backoff.js";

/** How long before its end a token is renewed, in milliseconds: long enough for a hidden tab's slow timers. */
const margin = 90_000;
/** A new token that lives no longer than this was no gain: the next renewal waits longer. */
const shortLife = 60_000;
/** For the token and the answer together. */
const timeLimit = 15_000;

/**
 * When the token of an open stream is renewed: shortly before it ends, again and again, with growing pauses where that
 * fails or gains little. A value without I/O; all times are milliseconds on one clock.
 */
export class RenewalSchedule {
  /** When something is due: the next renewal or, while one is under way, its time limit. `Infinity`: no more. */
  dueAt: number;
  isUnderWay = false;
  /** NaN where no renewal helps any more. */
  #endsAt: number;
  /** Renewals in a row that failed or gained little. */
  #tries = 0;

  constructor(endsAt: number, now: number) {
    this.#endsAt = endsAt;
    this.dueAt = this.#beforeEnd(now);
  }

  begin(now: number): void {
    this.isUnderWay = true;
    this.dueAt = now + timeLimit;
  }

  /** The token now lives `life` longer than before. 0: the renewal failed; NaN: no more of them. */
  renewed(life: number, now: number): void {
    this.isUnderWay = false;
    this.#endsAt += Math.max(life, 0);
    this.#tries = life > 0 && this.#endsAt - now > shortLife ? 0 : this.#tries + 1;
    const pauseEnds = this.#tries > 0 ? now + growingGap(this.#tries) : now;
    const dueAt = life > 0 ? Math.max(this.#beforeEnd(now), pauseEnds) : pauseEnds;
    this.dueAt = dueAt < this.#endsAt ? dueAt : Infinity;
  }

  #beforeEnd(now: number): number {
    return this.#endsAt - Math.min(margin, (this.#endsAt - now) / 4);
  }
}
