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
  /** When it is over, or in doubt, unless it is heard before. */
  deadline = Infinity;
  /** It must show a byte by then, whatever its limit. */
  isInDoubt = false;
  #heardAt: number;
  /** How long it may be silent. */
  #limit = Infinity;
  #hadEvent = false;

  constructor(now: number) {
    this.#heardAt = now;
  }

  /** The first event is there; `heartbeatInterval` in milliseconds, 0 for none. */
  opened(heartbeatInterval: number): void {
    this.#hadEvent = true;
    this.#limit = heartbeatInterval > 0 ? heartbeatInterval * heartbeatTolerance : Infinity;
    this.deadline = this.#heardAt + this.#limit;
  }

  /** `isMidEvent`: what came ends within an event. */
  heard(now: number, isMidEvent: boolean): void {
    // A comment opened the stream. Whoever then begins an event is to end it.
    if (!this.#hadEvent) this.#limit = isMidEvent ? firstEventLimit : Infinity;
    this.#heardAt = now;
    this.isInDoubt = false;
    this.deadline = now + this.#limit;
  }

  demandProof(now: number): void {
    if (this.isInDoubt) return;
    this.isInDoubt = true;
    this.deadline = now + proofTime;
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
    const late = now - this.deadline;
    if (late <= lateness || this.isInDoubt) return late >= 0;
    this.demandProof(now);
    return false;
  }
}
