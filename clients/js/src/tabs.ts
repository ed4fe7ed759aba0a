import { randomId } from "./client-id.js";
import { DeadlineTimer, ElapsedClock } from "./clock.js";
import { Connection } from "./connection.js";
import { safely } from "./dispatcher.js";
import { userOfToken } from "./identity.js";
import { browserPage, Page } from "./page.js";
import { addressOf } from "./request.js";
import type { ConnectionOptions, Source, SourceOwner, Token } from "./source.js";
import { TabChannel } from "./tab-channel.js";
import { TabLock } from "./tab-lock.js";
import type { TabAction, TabInput } from "./tab-machine-messages.js";
import { TabMachine } from "./tab-machine.js";
import { protocolVersion } from "./tab-messages.js";

/**
 * One stream for all tabs of a browser in which one user has one address open: performs what its machine decides, with a
 * lock, a channel, and (while this tab leads, or is alone) a connection.
 *
 * The names of lock and channel hold the address and the user, so that tabs of different users have nothing to do with
 * each other. Where the browser offers no locks (an insecure context) or the user is not known, the tab has a stream of
 * its own.
 */
export class TabSource implements Source {
  readonly #options: () => ConnectionOptions;
  readonly #owner: SourceOwner;
  readonly #page: Page;
  readonly #tab = randomId();
  readonly #machine: TabMachine;
  readonly #clock = new ElapsedClock();
  readonly #timer = new DeadlineTimer(() => this.#receive({ kind: "time" }));
  readonly #actions: TabAction[] = [];
  #isPerforming = false;
  /** Counts the questions who the user is: the answer to an earlier one comes too late. */
  #naming = 0;
  #tokenInHand: Token;
  #channel: TabChannel | undefined;
  #lock: TabLock | undefined;
  #connection: Connection | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: () => ConnectionOptions, owner: SourceOwner, page: Page = browserPage) {
    this.#options = options;
    this.#owner = owner;
    this.#page = page;
    this.#machine = new TabMachine(this.#tab, options().lastEventId ?? "");
  }

  start(): void {
    this.#receive({ kind: "start" });
  }

  stop(): void {
    this.#receive({ kind: "stop" });
  }

  reconnect(): void {
    this.#receive({ kind: "reconnect" });
  }

  /** Decides at once, and acts in order: what comes of an action comes after what was decided before it. */
  #receive(input: TabInput): void {
    const now = this.#clock.now();
    const world = { now, wall: Date.now(), random: Math.random(), isHidden: this.#page.isHidden() };
    this.#actions.push(...this.#machine.receive(input, world));
    this.#timer.set(this.#machine.deadline, now);
    if (this.#machine.isIdle) {
      this.#naming += 1;
      this.#unwatch?.();
      this.#unwatch = undefined;
    } else {
      this.#unwatch ??= this.#page.watch((kind) => (kind === "woke" || kind === "left") && this.#receive({ kind }));
    }
    if (this.#isPerforming) return;
    this.#isPerforming = true;
    try {
      for (let action = this.#actions.shift(); action; action = this.#actions.shift()) this.#perform(action);
    } finally {
      this.#isPerforming = false;
    }
  }

  #perform(action: TabAction): void {
    switch (action.kind) {
      case "name":
        return void this.#name(++this.#naming);
      case "join":
        this.#channel = new TabChannel(action.name, this.#tab, (message) => this.#receive({ kind: "message", message }));
        this.#lock = new TabLock(action.name, {
          onGranted: () => this.#hasLock(true),
          onLost: () => this.#hasLock(false),
          onUnavailable: () => this.#receive({ kind: "lockUnavailable" }),
        });
        return undefined;
      case "leave":
        this.#channel?.close();
        this.#channel = this.#lock = undefined;
        return undefined;
      case "requestLock":
        return this.#lock?.request();
      case "stealLock":
        return this.#lock?.steal();
      case "releaseLock":
        this.#channel?.setLeading(false);
        return this.#lock?.release();
      case "connect":
        return this.#connect(action);
      case "disconnect": {
        const connection = this.#connection;
        this.#connection = undefined;
        return connection?.stop();
      }
      case "reconnectStream":
        return this.#connection?.reconnect();
      case "wakeStream":
        return this.#connection?.wake();
      case "broadcast":
        return this.#channel?.broadcast(action.message);
      case "tell":
        return this.#channel?.tell(action.to, action.message);
      case "deliver":
        return safely((event) => this.#owner.onEvent(event), action.event);
      case "gap":
        return safely(() => this.#owner.onGap());
      case "publish":
        return safely((snapshot) => this.#owner.onSnapshot(snapshot), action.snapshot);
    }
  }

  #hasLock(isGranted: boolean): void {
    this.#channel?.setLeading(isGranted);
    this.#receive({ kind: isGranted ? "lockGranted" : "lockLost" });
  }

  async #name(naming: number): Promise<void> {
    let input: TabInput;
    try {
      input = { kind: "named", name: await this.#groupName() };
    } catch (error) {
      input = { kind: "namingFailed", message: String(error) };
    }
    if (naming === this.#naming) this.#receive(input);
  }

  /** Null where sharing is impossible. */
  async #groupName(): Promise<string | null> {
    const { url, user, getToken } = this.#options();
    if (!TabLock.isAvailable()) return null;
    const member = user ?? userOfToken(this.#tokenInHand ?? (await getToken?.({ refresh: false })));
    const address = addressOf(url);
    address?.searchParams.delete("clientId");
    return member === undefined || !address ? null : `pushhub/${protocolVersion} ${address.href} ${member}`;
  }

  #connect({ lastEventId, pace, isAlone, isInHand }: TabAction & { kind: "connect" }): void {
    const isCurrent = () => this.#connection === connection;
    const report = (input: TabInput) => isCurrent() && this.#receive(input);
    const owner: SourceOwner = {
      onEvent: (event) => report({ kind: "event", event }),
      onSnapshot: (snapshot) => report({ kind: "snapshot", snapshot }),
      onGap: () => report({ kind: "gap" }),
      onProblem: (message, cause) => this.#owner.onProblem(message, cause),
      isOtherUser: (token, isRefreshed) => isCurrent() && this.#isOtherUser(token, isRefreshed, isAlone),
    };
    const connection: Connection = new Connection(this.#options, owner, lastEventId, isAlone ? this.#page : this.#sharedPage());
    this.#connection = connection;
    connection.start(pace, isInHand ? this.#tokenInHand : undefined);
    this.#tokenInHand = undefined;
  }

  #isOtherUser(token: Token, isRefreshed: boolean, isAlone: boolean): boolean {
    if (!this.#owner.isOtherUser?.(token, isRefreshed)) return false;
    if (!isAlone) this.#tokenInHand = token;
    this.#receive({ kind: "otherUser", isRefreshed });
    return true;
  }

  /** As the stream of all tabs sees it: hidden if all are; and going away is this tab's own affair. */
  #sharedPage(): Page {
    return {
      isHidden: () => !this.#machine.isAnyVisible({ now: this.#clock.now(), isHidden: this.#page.isHidden() }),
      isOffline: () => this.#page.isOffline(),
      watch: (onSignal) => this.#page.watch((signal) => signal !== "left" && onSignal(signal)),
    };
  }
}
