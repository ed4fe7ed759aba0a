import type { TabMessage } from "./tab-messages.js";

/**
 * How the tabs of a group talk: the leader to all, anybody to the leader, the leader to one. Each is a channel of its own,
 * so that nobody is woken by what is not for it.
 */
export class TabChannel {
  readonly #name: string;
  readonly #onMessage: (message: TabMessage) => void;
  readonly #all: BroadcastChannel;
  readonly #own: BroadcastChannel;
  #leader: BroadcastChannel | undefined;
  /** What is for all, of one task: a burst of events is one message. */
  #batch: TabMessage[] = [];

  constructor(name: string, tab: string, onMessage: (message: TabMessage) => void) {
    this.#name = name;
    this.#onMessage = onMessage;
    this.#all = this.#listen("");
    this.#own = this.#listen(` ${tab}`);
  }

  /** What is for the leader comes here, or no longer. */
  setLeading(isLeading: boolean): void {
    if (isLeading) {
      this.#leader ??= this.#listen(" leader");
    } else {
      this.#leader?.close();
      this.#leader = undefined;
    }
  }

  broadcast(message: TabMessage): void {
    if (this.#batch.push(message) === 1) queueMicrotask(() => this.#flush());
  }

  /** To a tab, or (null) to the leader. */
  tell(to: string | null, message: TabMessage): void {
    const channel = new BroadcastChannel(`${this.#name} ${to ?? "leader"}`);
    channel.postMessage([message]);
    channel.close();
  }

  close(): void {
    this.#flush();
    for (const channel of [this.#all, this.#own, this.#leader]) channel?.close();
  }

  #flush(): void {
    if (this.#batch.length > 0) this.#all.postMessage(this.#batch);
    this.#batch = [];
  }

  #listen(suffix: string): BroadcastChannel {
    const channel = new BroadcastChannel(this.#name + suffix);
    channel.onmessage = ({ data }: MessageEvent<TabMessage[]>) => data.forEach(this.#onMessage);
    return channel;
  }
}
