import type { TabInput } from "./tab-machine-messages.js";
import type { TabMessage } from "./tab-messages.js";

/**
 * The tabs that share a name, as one of them sees it: one has their lock (Web Locks), and leads. It passes on when that
 * tab leaves, is closed or crashes; from a frozen tab it must be stolen.
 *
 * The leader talks to all, anybody to the leader, the leader to one. Each is a channel of its own, so that nobody is woken
 * by what is not for it.
 */
export class TabGroup {
  readonly #name: string;
  readonly #report: (input: TabInput) => void;
  readonly #all: BroadcastChannel;
  readonly #own: BroadcastChannel;
  /** For what is for the leader, while this tab leads. */
  #leader: BroadcastChannel | undefined;
  /** What is for all, of one task: a burst of events is one message. */
  #batch: TabMessage[] = [];
  #line = new AbortController();
  #release: (() => void) | undefined;

  constructor(name: string, tab: string, report: (input: TabInput) => void) {
    this.#name = name;
    this.#report = report;
    this.#all = this.#listen("all");
    this.#own = this.#listen(tab);
  }

  /** Waits in line for the lock, or takes it from whoever has it; that one hears of it, as soon as it can hear. */
  requestLock(steal: boolean): void {
    this.#line.abort();
    this.#line = new AbortController();
    const { signal } = this.#line;
    let isGranted = false;
    const hold = () => {
      if (signal.aborted) return undefined;
      isGranted = true;
      return new Promise<void>((resolve) => {
        this.#release = resolve;
        this.#leader = this.#listen("leader");
        this.#report({ kind: "lockGranted" });
      });
    };
    navigator.locks.request(this.#name, steal ? { steal } : { signal }, hold).catch(() => {
      if (signal.aborted) return;
      if (isGranted) this.#leader?.close();
      this.#report({ kind: isGranted ? "lockLost" : "lockUnavailable" });
    });
  }

  /** Leaves the line, or gives the lock to the next. */
  releaseLock(): void {
    this.#leader?.close();
    this.#line.abort();
    this.#release?.();
  }

  /** To a tab, to the `leader`, or to `all` others. */
  tell(to: string, message: TabMessage): void {
    if (to === "all") {
      if (this.#batch.push(message) === 1) queueMicrotask(() => this.#flush());
      return;
    }
    const channel = new BroadcastChannel(`${this.#name} ${to}`);
    channel.postMessage([message]);
    channel.close();
  }

  leave(): void {
    this.releaseLock();
    this.#flush();
    this.#all.close();
    this.#own.close();
  }

  #flush(): void {
    if (this.#batch.length > 0) this.#all.postMessage(this.#batch);
    this.#batch = [];
  }

  #listen(to: string): BroadcastChannel {
    const channel = new BroadcastChannel(`${this.#name} ${to}`);
    channel.onmessage = ({ data }: MessageEvent<TabMessage[]>) => {
      for (const message of data) this.#report({ kind: "message", message });
    };
    return channel;
  }
}
