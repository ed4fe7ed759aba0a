/** So many heartbeat intervals without a byte, and the stream is taken for dead. */
const heartbeatTolerance = 2.5;
/** A stream that may have died, with the network or in a sleep, has so long to show a byte. */
const proofTime = 5000;
/** A first event that was begun is to go on within this time. */
const firstEventLimit = 15_000;
/** Who looks so late has slept: what arrived meanwhile is still to be read. */
const lateness = 1000;

/** Whether an open stream is still alive, told from the time of its last byte. All times are milliseconds on one clock. */
export class Liveness {
  #heardAt: number;
  /** How long it may be silent. */
  #limit = Infinity;
  /** Until when it must show a byte, whatever its limit. */
  #provenBy = Infinity;
  #hadEvent = false;

  constructor(now: number) {
    this.#heardAt = now;
  }

  get isInDoubt(): boolean {
    return this.#provenBy !== Infinity;
  }

  get deadline(): number {
    return this.isInDoubt ? this.#provenBy : this.#heardAt + this.#limit;
  }

  /** The first event is there; `heartbeatInterval` in milliseconds, 0 for none. */
  opened(heartbeatInterval: number): void {
    this.#hadEvent = true;
    this.#limit = heartbeatInterval > 0 ? heartbeatInterval * heartbeatTolerance : Infinity;
  }

  /** `isMidEvent`: what came ends within an event. */
  heard(now: number, isMidEvent: boolean): void {
    this.#heardAt = now;
    this.#provenBy = Infinity;
    // A comment opened the stream. Whoever then begins an event is to end it.
    if (!this.#hadEvent) this.#limit = isMidEvent ? firstEventLimit : Infinity;
  }

  demandProof(now: number): void {
    this.#provenBy = Math.min(this.#provenBy, now + proofTime);
  }

  /** The page woke up, perhaps from a sleep that the stream did not survive. */
  woke(now: number): void {
    if (now - this.#heardAt > this.#limit / heartbeatTolerance) this.demandProof(now);
  }

  /**
   * Whether it is dead. Who looks much too late was asleep and gets time for proof; after that the verdict stands, however
   * late (in a hidden tab every timer may be).
   */
  isOver(now: number): boolean {
    if (this.isInDoubt) return now >= this.#provenBy;
    const late = now - (this.#heardAt + this.#limit);
    if (late > lateness) this.demandProof(now);
    return late >= 0 && late <= lateness;
  }
}
