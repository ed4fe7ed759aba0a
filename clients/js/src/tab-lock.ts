/**
 * One of the tabs that use the same name holds the lock, the others wait in line for it (Web Locks). It passes on when
 * its tab releases it, is closed or crashes; from a frozen tab it must be stolen.
 */
export class TabLock {
  readonly #name: string;
  readonly #owner: { onGranted(): void; onLost(): void; onUnavailable(): void };
  #abort: AbortController | undefined;
  #release: (() => void) | undefined;

  constructor(name: string, owner: { onGranted(): void; onLost(): void; onUnavailable(): void }) {
    this.#name = name;
    this.#owner = owner;
  }

  static isAvailable(): boolean {
    return typeof navigator !== "undefined" && !!navigator.locks && typeof BroadcastChannel !== "undefined";
  }

  /** Waits in line. */
  request(): void {
    this.#abort = new AbortController();
    this.#hold({ signal: this.#abort.signal }, this.#abort.signal);
  }

  /** Takes it from whoever has it; that one hears `onLost`, as soon as it can hear. */
  steal(): void {
    this.#abort?.abort();
    this.#abort = new AbortController();
    this.#hold({ steal: true }, this.#abort.signal);
  }

  /** Leaves the line, or gives the lock to the next. */
  release(): void {
    this.#abort?.abort();
    this.#release?.();
    this.#release = undefined;
  }

  #hold(options: LockOptions, signal: AbortSignal): void {
    let granted = false;
    const hold = () => {
      if (signal.aborted) return undefined;
      granted = true;
      return new Promise<void>((resolve) => {
        this.#release = resolve;
        this.#owner.onGranted();
      });
    };
    navigator.locks.request(this.#name, options, hold).catch(() => {
      if (signal.aborted) return;
      if (granted) this.#owner.onLost();
      else this.#owner.onUnavailable();
    });
  }
}
