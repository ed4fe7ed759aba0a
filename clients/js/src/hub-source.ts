import { identity } from "./client.js";
import { Connection } from "./connection.js";
import { safely } from "./dispatcher.js";
import { fieldsOf, isSystemEvent, PushEvent } from "./event.js";
import type { ConnectionOptions, Source, SourceOwner, TopicControl } from "./source.js";
import { TabSource } from "./tabs.js";
import { Refusal, Topics, TopicsOwner } from "./topics.js";

/** A stream of pushhub, of this tab or of all tabs, with its topics and its last values. */
export class HubSource implements Source {
  readonly topics: TopicControl;
  readonly #options: () => ConnectionOptions;
  readonly #owner: SourceOwner;
  readonly #source: Source;
  readonly #identity: string;
  /** The option `topics`, as it was last. */
  #given: readonly string[];
  /** The events of a snapshot that has not ended yet. */
  #snapshot: PushEvent[] | undefined;
  #lastOfSnapshot = "";

  constructor(options: () => ConnectionOptions, owner: SourceOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#identity = identity(options());
    this.#given = options().topics ?? [];
    const observed: SourceOwner & TopicsOwner = {
      ...owner,
      onEvent: (event) => this.#receive(event),
      onRefused: (names, error) => this.#refused(names, error),
      onValues: (values) => this.#deliver(values),
      isOtherUser: (token, isRefreshed) => {
        const isOther = !!owner.isOtherUser?.(token, isRefreshed);
        if (isOther) this.topics.restart(this.#given);
        return isOther;
      },
    };
    if (options().shareAcrossTabs) {
      this.#source = this.topics = new TabSource(options, observed);
    } else {
      const topics = (this.topics = new Topics(this.#given, observed, options));
      this.#source = new Connection(options, { ...observed, topics });
    }
  }

  start(): void {
    this.#source.start();
  }

  stop(): void {
    this.#source.stop();
  }

  reconnect(): void {
    this.#source.reconnect();
  }

  /** Follows what the option names now. */
  configured(): void {
    if (identity(this.#options()) !== this.#identity) return this.topics.restart([]);
    const before = this.#given;
    this.#given = this.#options().topics ?? [];
    const added = this.#given.filter((name) => !before.includes(name));
    const removed = before.filter((name) => !this.#given.includes(name));
    if (removed.length > 0) this.topics.remove(removed);
    if (added.length === 0) return;
    this.topics.add(added).then(
      ({ values }) => this.#deliver(values),
      (error: Refusal) => this.#refused(added, error),
    );
  }

  /** Values that belong to what has been added are not part of a stream. */
  #deliver(values: readonly PushEvent[]): void {
    for (const event of values) this.#owner.onEvent(event);
    this.#tell(values);
  }

  #tell(values: readonly PushEvent[]): void {
    safely(() => this.#options().onSnapshot?.(values));
  }

  #refused(names: readonly string[], error: Refusal): void {
    this.#owner.onProblem(`Not followed: ${names.join(", ")}`, error);
  }

  #receive(event: PushEvent): void {
    const { type } = event;
    if (type === "open") this.#opened(fieldsOf(event));
    else if (!isSystemEvent(type)) this.#snapshot?.push(event);
    this.#owner.onEvent(event);
    if (type !== this.#lastOfSnapshot || !this.#snapshot) return;
    const values = this.#snapshot;
    this.#snapshot = undefined;
    this.#tell(values);
  }

  /** A stream that does not go on where another ended begins with the values that there are, and a heartbeat behind them. */
  #opened({ snapshot, replay }: Record<string, unknown>): void {
    this.#snapshot = typeof snapshot === "number" && replay !== "complete" ? [] : undefined;
    this.#lastOfSnapshot = snapshot === 0 ? "welcome" : "heartbeat";
  }
}
