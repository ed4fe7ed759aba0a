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
    this.#all.postMessage(message);
  }

  /** To a tab, or (null) to the leader. */
  tell(to: string | null, message: TabMessage): void {
    const channel = new BroadcastChannel(`${this.#name} ${to ?? "leader"}`);
    channel.postMessage(message);
    channel.close();
  }

  close(): void {
    for (const channel of [this.#all, this.#own, this.#leader]) channel?.close();
  }

  #listen(suffix: string): BroadcastChannel {
    const channel = new BroadcastChannel(this.#name + suffix);
    channel.onmessage = ({ data }: MessageEvent<TabMessage>) => this.#onMessage(data);
    return channel;
  }
}
