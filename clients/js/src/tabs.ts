import { randomId } from "./client-id.js";
import { Connection } from "./connection.js";
import { isSystemEvent, PushEvent } from "./event.js";
import { userOfToken } from "./identity.js";
import { browserPage, Page } from "./page.js";
import { closedSnapshot, ConnectionOptions, Snapshot, Source, SourceOwner } from "./source.js";
import { TabHistory } from "./tab-history.js";
import { TabLock } from "./tab-lock.js";
import { protocolVersion, TabAnswer, TabMessage } from "./tab-messages.js";

/** A follower greets its leader this often, in milliseconds, and takes its place if it stays silent for `patience`. */
const greetingInterval = 5000;
const patience = 3000;
/** A visible tab that has not greeted for so long is gone. */
const visibleFor = greetingInterval * 3;
/** A new leader that has no position waits this long for a follower that has one. */
const positionWait = 30;

/**
 * One stream for all tabs of a browser in which one user has one address open.
 *
 * The tabs wait in line for a lock; the one that has it leads: it holds the stream and hands events on over a channel.
 * Every tab keeps the newest events, so that the next leader resumes where this one stopped, and a tab that missed some,
 * because it was frozen, gets them from the leader. The names of lock and channel hold the address and the user, so that
 * tabs of different users have nothing to do with each other.
 *
 * Where the browser offers no locks (an insecure context) or the user is not known, the tab has a stream of its own.
 */
export class TabSource implements Source {
  readonly #options: () => ConnectionOptions;
  readonly #owner: SourceOwner;
  readonly #page: Page;
  readonly #tab = randomId();
  readonly #history = new TabHistory();
  /** Counts starts and stops: what an earlier one began is over. */
  #session = 0;
  #role: "idle" | "joining" | "alone" | "follower" | "leader" | "away" = "idle";
  #lock: TabLock | undefined;
  #channel: BroadcastChannel | undefined;
  #connection: Connection | undefined;
  #snapshot = closedSnapshot;
  #leaderSnapshot: Snapshot = { ...closedSnapshot, connectionState: "connecting" };
  #term = 0;
  #heardLeaderAt = 0;
  #visibleTabSeenAt = -Infinity;
  /** This tab has missed something: it has asked the leader for it, or takes the lead to get it from the hub. */
  #catchingUp: "no" | "asking" | "taking the lead" = "no";
  /**
   * The position of the leader before, while this one, which took the lead from further back, has not come so far. The
   * others wait meanwhile: they have had what it gets, or will ask for it.
   */
  #target: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: (() => void) | undefined;
  #wakeConnection: (() => void) | undefined;

  constructor(options: () => ConnectionOptions, owner: SourceOwner, page: Page = browserPage) {
    this.#options = options;
    this.#owner = owner;
    this.#page = page;
  }

  start(): void {
    if (this.#role === "idle") {
      this.#unwatch ??= this.#page.watch({ wake: () => this.#wake(), leave: () => this.#goAway() });
      void this.#join();
    } else if (this.#snapshot.connectionState === "closed" || this.#snapshot.connectionState === "error") {
      this.reconnect();
    }
  }

  stop(): void {
    this.#leaveGroup("idle");
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#publish(closedSnapshot);
  }

  reconnect(): void {
    if (this.#role === "leader") this.#connection?.reconnect();
    else if (this.#role === "follower") this.#post({ kind: "reconnect" });
    else if (this.#role !== "joining") {
      this.#leaveGroup("idle");
      this.start();
    }
  }

  // Joining and leaving

  async #join(): Promise<void> {
    const session = ++this.#session;
    this.#role = "joining";
    this.#publish({ ...closedSnapshot, connectionState: "connecting" });
    const name = await this.#groupName();
    if (session !== this.#session) return;
    if (name === undefined) return this.#goAlone();
    this.#role = "follower";
    this.#leaderSnapshot = this.#snapshot;
    this.#catchingUp = "no";
    this.#target = null;
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }: MessageEvent<TabMessage>) => this.#receive(data);
    this.#channel = channel;
    this.#lock = new TabLock(name, {
      onGranted: () => session === this.#session && this.#lead(),
      onLost: () => session === this.#session && this.#resign(),
      onUnavailable: () => session === this.#session && this.#goAlone(),
    });
    this.#lock.request();
    this.#greetLater(this.#greet(true));
  }

  /** Undefined where sharing is impossible. */
  async #groupName(): Promise<string | undefined> {
    const { url, user, getToken } = this.#options();
    if (!TabLock.isAvailable()) return undefined;
    try {
      const member = user ?? userOfToken(await getToken?.({ refresh: false }));
      const address = new URL(url ?? "", globalThis.document?.baseURI ?? globalThis.location?.href);
      address.searchParams.delete("clientId");
      return member === undefined ? undefined : `pushhub/${protocolVersion} ${address.href} ${member}`;
    } catch {
      return undefined;
    }
  }

  #goAlone(): void {
    this.#leaveGroup("alone");
    this.#connection = new Connection(this.#options, this.#owner, this.#history.position, this.#page);
    this.#connection.start();
  }

  #goAway(): void {
    if (this.#role === "idle" || this.#role === "alone") return;
    this.#leaveGroup("away");
    this.#publish({ ...closedSnapshot, connectionState: "connecting", waitingFor: "visible" });
  }

  #leaveGroup(role: "idle" | "alone" | "away"): void {
    this.#session += 1;
    this.#role = role;
    clearTimeout(this.#timer);
    this.#dropConnection();
    this.#lock?.release();
    this.#channel?.close();
    this.#lock = this.#channel = undefined;
  }

  #wake(): void {
    if (this.#role === "away") void this.#join();
    else if (this.#role === "follower") this.#greetLater(this.#greet());
  }

  // Following

  /** Tells the leader where this tab is; returns when that was. */
  #greet(starting = false): number {
    const visible = !this.#page.isHidden();
    this.#post({ kind: "hello", from: this.#tab, position: this.#history.position, visible, starting });
    return performance.now();
  }

  /** Waits for the leader's answer; `isGrace`: the last time the timer was late, so that no answer is the verdict now. */
  #greetLater(greetedAt: number, isGrace = false): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const late = performance.now() - greetedAt > patience + 1000;
      if (this.#heardLeaderAt >= greetedAt) {
        this.#timer = setTimeout(() => this.#greetLater(this.#greet()), greetingInterval - patience);
      } else if (late && !isGrace) {
        // This tab was the frozen one: its mail comes after its timers.
        this.#greetLater(this.#greet(), true);
      } else {
        this.#lock?.steal();
        this.#greetLater(this.#greet());
      }
    }, patience + Math.random() * 500);
  }

  #receive(message: TabMessage): void {
    if (message.kind === "hello") return this.#answer(message);
    if (message.kind === "reconnect") return void this.#connection?.reconnect();
    if (message.term < this.#term) return;
    if (message.term > this.#term) {
      this.#term = message.term;
      if (this.#role === "leader") this.#resign();
    }
    if (this.#role !== "follower") return;
    this.#heardLeaderAt = performance.now();
    if ("snapshot" in message) this.#leaderSnapshot = message.snapshot;
    switch (message.kind) {
      case "lead":
        // Whatever was asked of another, or is under way: this leader may answer it.
        this.#catchingUp = "no";
        this.#greet();
        break;
      case "event":
        this.#follow(message);
        break;
      case "gap":
        this.#owner.onGap();
        break;
      case "sync":
        if (message.to === this.#tab) this.#sync(message.answer);
    }
    this.#showLeaderState();
  }

  #showLeaderState(): void {
    const snapshot = this.#leaderSnapshot;
    // A tab that has no position yet is not connected: what comes now would pass it by.
    if (snapshot.isConnected && this.#history.position === "") return;
    if (this.#role === "follower" && snapshot !== this.#snapshot) this.#publish(snapshot);
  }

  /** Takes an event of the leader, if it is the next one; else asks for what is missing, this event included. */
  #follow({ previous, event, isCatchingUp }: TabMessage & { kind: "event" }): void {
    if (previous === this.#history.position) return void this.#take(event);
    if (isSystemEvent(event.type)) return this.#owner.onEvent(event);
    // Where the leader is behind this tab, it hands on what this tab has already had.
    if (isCatchingUp || this.#history.hasSeen(event.lastEventId) || this.#catchingUp !== "no") return;
    this.#catchingUp = "asking";
    this.#greet();
  }

  #sync(answer: TabAnswer | null): void {
    if (this.#catchingUp === "taking the lead") return;
    this.#catchingUp = "no";
    // A leader without a position has not begun: what it will have is not known yet.
    if (answer === null || answer.position === "" || this.#history.hasSeen(answer.position)) return;
    if (answer.events === null && this.#history.position !== "") return this.#takeLead(answer.position);
    for (const event of answer.events ?? []) this.#take(event);
    this.#history.moveTo(answer.position);
  }

  /** The leader has forgotten where this tab is, or never knew; the hub may know, and the others skip what they have had. */
  #takeLead(target: string): void {
    this.#catchingUp = "taking the lead";
    this.#target = target;
    this.#lock?.steal();
  }

  #take(event: PushEvent): boolean {
    const isNew = this.#history.take(event);
    if (isNew) this.#owner.onEvent(event);
    return isNew;
  }

  // Leading

  #lead(): void {
    clearTimeout(this.#timer);
    this.#role = "leader";
    this.#catchingUp = "no";
    if (this.#target !== null && this.#history.hasSeen(this.#target)) this.#target = null;
    this.#term = Math.max(Date.now(), this.#term + 1);
    this.#publish({ ...closedSnapshot, connectionState: "connecting" });
    this.#post({ kind: "lead", term: this.#term, snapshot: this.#snapshot });
    if (this.#history.position !== "") this.#open();
    else this.#timer = setTimeout(() => this.#open(), positionWait);
  }

  #open(): void {
    const term = this.#term;
    const isLeading = () => this.#role === "leader" && this.#term === term;
    const owner: SourceOwner = {
      onEvent: (event) => {
        if (isLeading()) this.#handOn(event);
      },
      onSnapshot: (snapshot) => {
        if (!isLeading()) return;
        this.#publish(snapshot);
        this.#post({ kind: "state", term, snapshot });
      },
      onGap: () => {
        if (!isLeading()) return;
        this.#owner.onGap();
        if (this.#target === null) this.#post({ kind: "gap", term });
        this.#target = null;
      },
      onProblem: (message, cause) => this.#owner.onProblem(message, cause),
    };
    // Going away and coming back is this class's own affair: the lock passes on.
    const page: Page = {
      isHidden: () => this.#page.isHidden() && performance.now() - this.#visibleTabSeenAt > visibleFor,
      isOffline: () => this.#page.isOffline(),
      watch: ({ wake }) => {
        this.#wakeConnection = wake;
        return this.#page.watch({ wake, leave: () => {} });
      },
    };
    this.#connection = new Connection(this.#options, owner, this.#history.position, page);
    this.#connection.start();
  }

  #handOn(event: PushEvent): void {
    const previous = this.#history.position;
    const isNew = this.#take(event);
    const isCatchingUp = this.#target !== null;
    if (isNew) this.#post({ kind: "event", term: this.#term, previous, event, isCatchingUp });
    // A heartbeat's position is not past anything that is still to come.
    if (this.#target !== null && (event.type === "heartbeat" || this.#history.hasSeen(this.#target))) this.#target = null;
  }

  #answerTo(position: string): TabAnswer | null {
    if (position === "") return { position: this.#target ?? this.#history.position, events: null };
    return this.#target === null ? { position: this.#history.position, events: this.#history.since(position) } : null;
  }

  #answer(hello: TabMessage & { kind: "hello" }): void {
    if (this.#role !== "leader") return;
    if (!this.#connection && this.#history.position === "") this.#history.moveTo(hello.position);
    const answer = this.#answerTo(hello.position);
    this.#post({ kind: "sync", term: this.#term, to: hello.from, snapshot: this.#snapshot, answer });
    if (hello.visible) {
      const wasUnseen = this.#page.isHidden() && performance.now() - this.#visibleTabSeenAt > visibleFor;
      this.#visibleTabSeenAt = performance.now();
      if (wasUnseen) this.#wakeConnection?.();
    }
    if (hello.starting) this.#connection?.start();
  }

  /** Another tab leads now: this one was frozen, or too young, and is back in line. */
  #resign(): void {
    if (this.#role !== "leader") return;
    this.#role = "follower";
    this.#dropConnection();
    this.#lock?.release();
    this.#target = null;
    this.#lock?.request();
    this.#greetLater(this.#greet());
  }

  #dropConnection(): void {
    const connection = this.#connection;
    this.#connection = this.#wakeConnection = undefined;
    connection?.stop();
  }

  #post(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }

  #publish(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#owner.onSnapshot(snapshot);
  }
}
