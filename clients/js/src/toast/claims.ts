/** So many keys are remembered. */
const maxKnown = 200;
/** For so many milliseconds the page that shows a toast keeps the lock: the others have heard of it by then. */
const heldFor = 2000;
const channelName = "pushhub.toasts";

/**
 * Settles which page of the browser shows a toast that several of them got: the one that is granted the lock of the key
 * first. It tells the others, also those that have not got theirs yet.
 *
 * Where there are no locks and channels (an insecure context), every page decides for itself.
 */
export class Claims {
  readonly #known = new Set<string>();
  readonly #channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(channelName);

  /** `onTaken` is called when another page shows what has the key. */
  constructor(onTaken: (key: string) => void) {
    if (!this.#channel) return;
    this.#channel.onmessage = ({ data }: MessageEvent<string>) => {
      this.#remember(data);
      onTaken(data);
    };
  }

  isTaken(key: string): boolean {
    return this.#known.has(key);
  }

  /** Whether it is for this page to show it. */
  async take(key: string): Promise<boolean> {
    if (!navigator.locks) return this.#takeIt(key);
    return new Promise((resolve) => {
      const decide = (lock: Lock | null) => {
        const isOurs = lock !== null && this.#takeIt(key);
        resolve(isOurs);
        return isOurs ? new Promise((release) => setTimeout(release, heldFor)) : undefined;
      };
      // A page that may not use locks shows what it got.
      navigator.locks.request(`${channelName} ${key}`, { ifAvailable: true }, decide).catch(() => resolve(this.#takeIt(key)));
    });
  }

  #takeIt(key: string): boolean {
    if (this.isTaken(key)) return false;
    this.#remember(key);
    this.#channel?.postMessage(key);
    return true;
  }

  #remember(key: string): void {
    this.#known.add(key);
    const [oldest] = this.#known;
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
  }
}
