import { Attempt } from "./attempt.js";
import { DeadlineTimer, ElapsedClock } from "./clock.js";
import { ConnectionMachine } from "./connection-machine.js";
import type { ConnectionAction, ConnectionInput, ConnectionWorld, Pace } from "./connection-messages.js";
import { safely } from "./dispatcher.js";
import { browserPage, Page } from "./page.js";
import { addressOf } from "./request.js";
import { closedSnapshot, ConnectionOptions, Snapshot, Source, SourceOwner, Token } from "./source.js";

/** Keeps one stream open: performs what its machine decides. */
export class Connection implements Source {
  readonly #options: () => ConnectionOptions;
  readonly #owner: SourceOwner;
  readonly #page: Page;
  readonly #machine: ConnectionMachine;
  readonly #clock = new ElapsedClock();
  readonly #timer = new DeadlineTimer(() => this.#receive({ kind: "time" }));
  readonly #actions: ConnectionAction[] = [];
  #isPerforming = false;
  #snapshot = closedSnapshot;
  #attempt: Attempt | undefined;
  #tokenInHand: Token;
  #unwatch: (() => void) | undefined;

  constructor(
    options: () => ConnectionOptions,
    owner: SourceOwner,
    lastEventId = options().lastEventId ?? "",
    page: Page = browserPage,
  ) {
    this.#options = options;
    this.#owner = owner;
    this.#page = page;
    this.#machine = new ConnectionMachine(lastEventId);
  }

  /** Where the stream goes on after a reconnect. */
  get lastEventId(): string {
    return this.#machine.lastEventId;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** `pace`: what it takes over from another connection; `token`: one that is there already, for the first attempt. */
  start(pace?: Pace, token?: Token): void {
    this.#tokenInHand = token;
    this.#receive({ kind: "start", ...(pace && { pace }) });
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

  /** Decides at once, and acts in order: what a listener asks for meanwhile comes after what was decided before it. */
  #receive(input: ConnectionInput): void {
    const world = this.#world();
    this.#actions.push(...this.#machine.receive(input, world));
    if (this.#machine.isIdle) {
      this.#unwatch?.();
      this.#unwatch = undefined;
    } else {
      this.#unwatch ??= this.#page.watch((kind) => this.#receive({ kind }));
    }
    this.#timer.set(this.#machine.deadline, world.now);
    if (this.#isPerforming) return;
    this.#isPerforming = true;
    try {
      for (let action = this.#actions.shift(); action; action = this.#actions.shift()) this.#perform(action);
    } finally {
      this.#isPerforming = false;
    }
  }

  #world(): ConnectionWorld {
    const options = this.#options();
    return {
      now: this.#clock.now(),
      random: Math.random(),
      isHidden: this.#page.isHidden(),
      // Nothing but the page's own host is needed to reach it.
      isOffline: this.#page.isOffline() && !loopback.test(addressOf(options.url)?.hostname ?? ""),
      options,
    };
  }

  #perform(action: ConnectionAction): void {
    switch (action.kind) {
      case "authorize": {
        this.#attempt = new Attempt(this.#options(), this.#owner, this.#machine, (input) => this.#receive(input));
        const token = this.#tokenInHand;
        this.#tokenInHand = undefined;
        return void this.#attempt.run(action.refresh, token);
      }
      case "abandon":
        this.#attempt?.cancel();
        this.#attempt = undefined;
        return undefined;
      case "renew":
        return void this.#attempt?.renew();
      case "abandonRenewal":
        return this.#attempt?.cancelRenewal();
      case "publish":
        return this.#publish(action.snapshot);
    }
  }

  #publish(snapshot: Snapshot): void {
    const { retryAt } = snapshot;
    this.#snapshot = retryAt === null ? snapshot : { ...snapshot, retryAt: Date.now() + retryAt - this.#clock.now() };
    safely((each) => this.#owner.onSnapshot(each), this.#snapshot);
  }
}

const loopback = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;
