import { randomId } from "./client-id.js";
import { Connection } from "./connection.js";
import type { PushEvent } from "./event.js";
import { userOfToken } from "./identity.js";
import { browserPage, Page } from "./page.js";
import { closedSnapshot, ConnectionOptions, Snapshot, Source, SourceOwner } from "./source.js";
import { TabHistory } from "./tab-history.js";
import { TabLock } from "./tab-lock.js";

/** A follower greets its leader this often, in milliseconds, and takes its place if it stays silent for `patience`. */
const greetingInterval = 5000;
const patience = 3000;
/** A visible tab that has not greeted for so long is gone. */
const visibleFor = greetingInterval * 3;
/** A new leader that has no position waits this long for a follower that has one. */
const positionWait = 30;

type Message =
  | { kind: "hello"; from: string; position: string; visible: boolean; starting: boolean }
  | { kind: "reconnect" }
  /** All that follows is the leader's. Of two leaders the one with the greater term is the present one. */
  | { kind: "lead"; term: number; snapshot: Snapshot }
  | { kind: "state"; term: number; snapshot: Snapshot }
  | { kind: "event"; term: number; event: PushEvent }
  | { kind: "gap"; term: number }
  /** Answer to a greeting: the events after the greeter's position, or null if they are no longer here. */
  | { kind: "sync"; term: number; to: string; position: string; snapshot: Snapshot; events: PushEvent[] | null };

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
  #term = 0;
  #heardLeaderAt = 0;
  #visibleTabSeenAt = -Infinity;
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
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }: MessageEvent<Message>) => this.#receive(data);
    this.#channel = channel;
    this.#lock = new TabLock(name, {
      onGranted: () => session === this.#session && this.#lead(),
      onLost: () => session === this.#session && this.#follow(),
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
      return member === undefined ? undefined : `pushhub ${address.href} ${member}`;
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

  #receive(message: Message): void {
    if (message.kind === "hello") return this.#answer(message);
    if (message.kind === "reconnect") return void this.#connection?.reconnect();
    if (message.term < this.#term) return;
    if (message.term > this.#term) {
      this.#term = message.term;
      if (this.#role === "leader") this.#follow();
    }
    if (this.#role !== "follower") return;
    this.#heardLeaderAt = performance.now();
    switch (message.kind) {
      case "lead":
        this.#publish(message.snapshot);
        return void this.#greet();
      case "state":
        return this.#publish(message.snapshot);
      case "event":
        return void this.#take(message.event);
      case "gap":
        return this.#owner.onGap();
      case "sync":
        if (message.to === this.#tab) this.#sync(message.position, message.events);
        return this.#publish(message.snapshot);
    }
  }

  #sync(position: string, events: PushEvent[] | null): void {
    for (const event of events ?? []) this.#take(event);
    // Where the leader is behind this tab, it will hand on what this tab has already had.
    if (events !== null || this.#history.hasSeen(position)) return;
    const isNew = this.#history.position === "";
    this.#history.moveTo(position);
    if (!isNew) this.#owner.onGap();
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
        if (isLeading() && this.#take(event)) this.#post({ kind: "event", term, event });
      },
      onSnapshot: (snapshot) => {
        if (!isLeading()) return;
        this.#publish(snapshot);
        this.#post({ kind: "state", term, snapshot });
      },
      onGap: () => {
        if (!isLeading()) return;
        this.#owner.onGap();
        this.#post({ kind: "gap", term });
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

  #answer(hello: Message & { kind: "hello" }): void {
    if (this.#role !== "leader") return;
    if (!this.#connection && this.#history.position === "") this.#history.moveTo(hello.position);
    const { position } = this.#history;
    const events = hello.position === "" ? null : this.#history.since(hello.position);
    this.#post({ kind: "sync", term: this.#term, to: hello.from, position, snapshot: this.#snapshot, events });
    if (hello.visible) {
      const wasUnseen = this.#page.isHidden() && performance.now() - this.#visibleTabSeenAt > visibleFor;
      this.#visibleTabSeenAt = performance.now();
      if (wasUnseen) this.#wakeConnection?.();
    }
    if (hello.starting) this.#connection?.start();
  }

  /** Another tab leads now: this one was frozen, and is back in line. */
  #follow(): void {
    if (this.#role !== "leader") return;
    this.#dropConnection();
    this.#lock?.release();
    this.#role = "follower";
    this.#lock?.request();
    this.#greetLater(this.#greet());
  }

  #dropConnection(): void {
    const connection = this.#connection;
    this.#connection = this.#wakeConnection = undefined;
    connection?.stop();
  }

  #post(message: Message): void {
    this.#channel?.postMessage(message);
  }

  #publish(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#owner.onSnapshot(snapshot);
  }
}
