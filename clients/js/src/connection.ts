import { Attempt } from "./attempt.js";
import { ConnectionMachine } from "./connection-machine.js";
import type { ConnectionAction, ConnectionInput, Pace } from "./connection-messages.js";
import { browserPage, Page } from "./page.js";
import { runMachine } from "./runner.js";
import { closedSnapshot, ConnectionOptions, Snapshot, Source, SourceOwner } from "./source.js";

/** Keeps one stream open: performs what its machine decides. */
export class Connection implements Source {
  readonly #options: () => ConnectionOptions;
  readonly #owner: SourceOwner;
  readonly #machine: ConnectionMachine;
  readonly #receive: (input: ConnectionInput) => void;
  #snapshot = closedSnapshot;
  #attempt: Attempt | undefined;

  constructor(
    options: () => ConnectionOptions,
    owner: SourceOwner,
    lastEventId = options().lastEventId ?? "",
    page: Page = browserPage,
  ) {
    this.#options = options;
    this.#owner = owner;
    this.#machine = new ConnectionMachine(lastEventId);
    this.#receive = runMachine(this.#machine, options, page, (action) => this.#perform(action));
  }

  /** Where the stream goes on after a reconnect. */
  get lastEventId(): string {
    return this.#machine.lastEventId;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** `pace`: what it takes over from another connection. */
  start(pace?: Pace): void {
    this.#receive({ kind: "start", pace });
  }

  stop(): void {
    this.#receive({ kind: "stop" });
  }

  reconnect(): void {
    this.#receive({ kind: "reconnect" });
  }

  /** The page woke up, or another that needs this stream did. */
  wake(): void {
    this.#receive({ kind: "woke" });
  }

  #perform(action: ConnectionAction): void {
    switch (action.kind) {
      case "authorize":
        this.#attempt = new Attempt(this.#options(), this.#owner, this.#machine, this.#receive);
        return void this.#attempt.run(action);
      case "abandon":
        return this.#attempt?.abandon();
      case "renew":
        return void this.#attempt?.renew();
      case "abandonRenewal":
        return this.#attempt?.abandonRenewal();
      case "publish":
        this.#snapshot = action.snapshot;
        return this.#owner.onSnapshot(action.snapshot);
    }
  }
}
