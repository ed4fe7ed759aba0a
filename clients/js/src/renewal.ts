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
  dueAt = Infinity;
  isUnderWay = false;
  #endsAt: number;
  /** Renewals in a row that failed or gained little. */
  #tries = 0;

  constructor(endsAt: number, now: number) {
    this.#endsAt = endsAt;
    this.#plan(endsAt - Math.min(margin, (endsAt - now) / 4));
  }

  begin(now: number): void {
    this.isUnderWay = true;
    this.dueAt = now + timeLimit;
  }

  /** The new token lives `life` longer than the last; NaN: for ever. */
  renewed(life: number, now: number): void {
    this.isUnderWay = false;
    if (Number.isNaN(life)) return this.giveUp();
    if (!(life > 0)) return this.failed(now);
    this.#endsAt += life;
    const left = this.#endsAt - now;
    this.#tries = left > shortLife ? 0 : this.#tries + 1;
    const pause = this.#tries > 0 ? growingGap(this.#tries) : 0;
    this.#plan(Math.max(this.#endsAt - Math.min(margin, left / 4), now + pause));
  }

  failed(now: number): void {
    this.isUnderWay = false;
    this.#tries += 1;
    this.#plan(now + growingGap(this.#tries));
  }

  /** No more of them: refused for good, or the token does not end. */
  giveUp(): void {
    this.isUnderWay = false;
    this.dueAt = Infinity;
  }

  #plan(at: number): void {
    this.dueAt = at < this.#endsAt ? at : Infinity;
  }
}
