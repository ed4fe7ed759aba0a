import { backoffDelay, growingGap } from "./backoff.js";
import type { Pace } from "./connection-messages.js";
import { isSystemEvent, PushEvent } from "./event.js";
import { Pacer } from "./pacer.js";
import { closedSnapshot, Snapshot } from "./source.js";
import { TabHistory } from "./tab-history.js";
import type { TabAction, TabHandlers, TabInput, TabWorld } from "./tab-machine-messages.js";
import type { Epoch, TabMessage, TabNews } from "./tab-messages.js";

/** A leader is heard this often, in milliseconds, however quiet it is. */
const beatInterval = 5000;
/** A leader silent for so long is asked, and one that does not answer within `patience` loses the lead. */
const silence = 6000;
const patience = 3000;
/** A timer this late means that this tab slept: its mail comes after its timers. */
const lateness = 1000;
/** Who takes the lead without having heard from the others listens first: for a position, or that it is all over. */
const listening = 30;
/** Who lacks something asks no more often. */
const askInterval = 1000;
/** A visible tab that was not heard for so long is gone. */
const visibleFor = beatInterval * 3;
/** Asking who the user is may take so long. */
const namingLimit = 15_000;

/**
 * - `joining`: asks who the user is (until `due`), or waits to ask again;
 * - `alone`: it cannot share, and has a stream of its own;
 * - `following`: hears of the leader; `isInLine` for the lock, or else refused by the hub (`refusal`);
 * - `leading`: has the lock and, from `opensAt` on, the stream, which is open since `openAt` (milliseconds since 1970);
 * - `away`: the page is in the back/forward cache, or frozen.
 */
type State =
  | { role: "idle" | "alone" | "away" }
  | { role: "joining"; isAsking: boolean; since: number; due: number }
  | {
      role: "following";
      isInLine: boolean;
      refusal: Snapshot | null;
      silentUntil: number;
      askedAt: number | null;
      hasOverslept: boolean;
    }
  | { role: "leading"; opensAt: number | null; beatsAt: number; hasStream: boolean; openAt: number };

type Following = State & { role: "following" };

const connecting: Snapshot = { ...closedSnapshot, connectionState: "connecting" };

/**
 * Decides what one of the tabs does that share a stream. No I/O: it takes what happened and returns what to do.
 *
 * The tabs wait in line for a lock; the one that has it leads: it has the stream and hands events on. Each event names the
 * position that it follows, so that every tab knows whether it has missed some; it then asks the leader, and where that
 * does not remember, takes the lead itself and gets them from the hub, while the others skip what they have had. All
 * remember whether the stream has ended for good (`Epoch`), so that it stays so whichever leads.
 */
export class TabMachine implements TabHandlers {
  /** When `time` is due, at the latest. */
  deadline = Infinity;

  readonly #tab: string;
  #state: State = { role: "idle" };
  #name: string | null = null;
  #history = new TabHistory();
  #epoch: Epoch = { begunAt: 0, endedAt: 0, endedIn: 0, end: null };
  /** The greatest term heard of. */
  #term = 0;
  /** What is shown, and what the leader last said of the stream. */
  #shown = closedSnapshot;
  #leaderSnapshot = connecting;
  /** The stream's `open` and `welcome`, for tabs that come later. */
  #greeting: PushEvent[] = [];
  /** The connection whose `open` and `welcome` this tab has had. */
  readonly #greetedBy = new Map<string, string | null>();
  #heardAt = -Infinity;
  #lastAskAt = -Infinity;
  #visibleSeenAt = -Infinity;
  /** The hub refuses this tab's token: it cannot get for itself what it has missed. */
  #wasRefused = false;
  #joins = 0;
  readonly #changes = new Pacer();
  readonly #takeovers = new Pacer();
  /** A token that is there for the next stream, as long as no other tab has one. */
  #inHand: { isRefreshed: boolean } | null = null;
  #actions: TabAction[] = [];
  #world!: TabWorld;

  constructor(tab: string, lastEventId: string) {
    this.#tab = tab;
    this.#history.moveTo(lastEventId);
  }

  get position(): string {
    return this.#history.position;
  }

  get isIdle(): boolean {
    return this.#state.role === "idle";
  }

  /** The leader's own page may be hidden: the stream serves the others, too. */
  isAnyVisible({ now, isHidden }: Pick<TabWorld, "now" | "isHidden">): boolean {
    return !isHidden || now - this.#visibleSeenAt < visibleFor;
  }

  receive(input: TabInput, world: TabWorld): TabAction[] {
    this.#actions = [];
    this.#world = world;
    (this[input.kind] as (input: TabInput) => void).call(this, input);
    this.deadline = this.#nextDeadline();
    return this.#actions;
  }

  // Joining and leaving

  stop(): void {
    this.#leaveGroup({ role: "idle" });
    this.#publish(closedSnapshot);
  }

  start(): void {
    const { connectionState } = this.#shown;
    if (this.#state.role !== "idle" && connectionState !== "closed" && connectionState !== "error") return;
    this.reconnect();
  }

  /** The application asks for the stream: whatever ended or failed before begins again. */
  reconnect(): void {
    const state = this.#state;
    this.#epoch.begunAt = Math.max(this.#world.wall, this.#epoch.endedAt + 1);
    this.#joins = 0;
    if (state.role === "alone") return this.#do({ kind: "reconnectStream" });
    if (state.role === "leading") return state.hasStream ? this.#do({ kind: "reconnectStream" }) : this.#openStream(state);
    if (state.role !== "following") return this.#join();
    this.#tellLeader({ kind: "reconnect", epoch: this.#epoch });
    this.#standInLine(state);
  }

  #join(): void {
    const { now } = this.#world;
    this.#state = { role: "joining", isAsking: true, since: now, due: now + namingLimit };
    this.#publish(this.#isOver ? this.#endShown : connecting);
    this.#do({ kind: "name" });
  }

  namingFailed({ message }: Pick<TabInput & { kind: "namingFailed" }, "message">): void {
    if (this.#state.role !== "joining") return;
    this.#pause(backoffDelay(this.#joins, 1000, this.#world.random), { kind: "token", message });
    this.#joins += 1;
  }

  #pause(delay: number, error: Snapshot["error"]): void {
    const { now } = this.#world;
    this.#state = { role: "joining", isAsking: false, since: now, due: now + delay };
    this.#publish({ ...connecting, attempts: this.#joins + 1, retryAt: this.#world.wall + delay, waiting: "backoff", error });
  }

  named({ name }: TabInput & { kind: "named" }): void {
    if (this.#state.role !== "joining") return;
    if (name === null) return this.lockUnavailable();
    if (this.#name !== null && this.#name !== name) this.#forget();
    this.#name = name;
    this.#joins = 0;
    this.#leaderSnapshot = connecting;
    this.#do({ kind: "join", name });
    this.#follow({ isInLine: true, refusal: null });
    this.#do({ kind: "requestLock" });
  }

  /** What was another user's, or another stream's. */
  #forget(): void {
    this.#history = new TabHistory();
    this.#epoch = { begunAt: this.#world.wall, endedAt: 0, endedIn: 0, end: null };
    this.#greeting = [];
  }

  lockUnavailable(): void {
    this.#leaveGroup({ role: "alone" });
    this.#connect(true, { attempts: 0, delay: 0, isRefreshed: false });
  }

  /** A change of users that comes soon after the last one waits: a token function that cannot decide is no storm. */
  otherUser({ isRefreshed }: TabInput & { kind: "otherUser" }): void {
    const { role } = this.#state;
    this.#forget();
    if (role === "alone" || role === "idle") return;
    this.#leaveGroup({ role: "idle" });
    this.#inHand = { isRefreshed };
    const pause = this.#changes.pause(this.#world.now);
    if (pause > 0) this.#pause(pause, null);
    else this.#join();
  }

  left(): void {
    if (this.#state.role === "idle" || this.#state.role === "alone") return;
    this.#leaveGroup({ role: "away" });
    if (!this.#isOver) this.#publish({ ...connecting, waiting: "hidden" });
  }

  woke(): void {
    const state = this.#state;
    if (state.role === "away") return this.#join();
    if (state.role === "joining" && !state.isAsking) {
      state.due = Math.min(state.due, state.since + growingGap(this.#joins));
    } else if (state.role === "following") {
      this.#ask(state);
    }
  }

  #leaveGroup(state: State): void {
    const { role } = this.#state;
    if (role === "alone" || role === "leading") this.#do({ kind: "disconnect" });
    if (role === "following" || role === "leading") this.#actions.push({ kind: "releaseLock" }, { kind: "leave" });
    this.#state = state;
  }

  // Following

  #follow(place: Pick<Following, "isInLine" | "refusal">): void {
    const state: Following = { role: "following", ...place, silentUntil: 0, askedAt: null, hasOverslept: false };
    this.#state = state;
    this.#waitForLeader(state);
    this.#ask(state);
  }

  #standInLine(state: Following): void {
    state.refusal = null;
    if (state.isInLine) return;
    state.isInLine = true;
    this.#do({ kind: "requestLock" });
  }

  #ask(state: Following): void {
    const { now, isHidden } = this.#world;
    state.askedAt ??= now;
    this.#lastAskAt = now;
    this.#tellLeader({ kind: "ask", from: this.#tab, position: this.position, isVisible: !isHidden, epoch: this.#epoch });
  }

  /** Something is missing here. */
  #askSoon(state: Following): void {
    if (this.#world.now - this.#lastAskAt >= askInterval) this.#ask(state);
  }

  #waitForLeader(state: Following): void {
    const { now, random } = this.#world;
    state.silentUntil = now + silence + random * 1000;
    state.askedAt = null;
    state.hasOverslept = false;
  }

  message({ message }: TabInput & { kind: "message" }): void {
    if (message.kind === "ask" || message.kind === "visible" || message.kind === "reconnect") return this.#answer(message);
    if (message.term < this.#term) return;
    if (message.term > this.#term) {
      this.#term = message.term;
      if (this.#state.role === "leading") this.lockLost();
    }
    const state = this.#state;
    if (state.role !== "following") return;
    this.#waitForLeader(state);
    this.#heardAt = this.#world.now;
    this.#inHand = null;
    switch (message.kind) {
      case "beat":
        this.#heardBeat(message, state);
        break;
      case "event":
        this.#heardEvent(message, state);
        break;
      case "gap":
        if (message.position === this.position) this.#takeGap();
        break;
      case "answer":
        this.#learn(message.epoch);
        this.#leaderSnapshot = message.snapshot;
        this.#catchUp(message.news, state);
        this.#greet(message.greeting);
    }
    this.#showLeaderState(state);
  }

  #heardBeat({ snapshot, position, epoch, isHidden }: TabMessage & { kind: "beat" }, state: Following): void {
    const isSame = snapshot.connectionId === this.#leaderSnapshot.connectionId;
    this.#leaderSnapshot = snapshot;
    const leaderIsOver = isOver(epoch);
    this.#learn(epoch);
    if (isHidden && !this.#world.isHidden) this.#tellLeader({ kind: "visible" });
    const isUngreeted = isSame && snapshot.isConnected && this.#greetedBy.get("welcome") !== snapshot.connectionId;
    const isElsewhere = position === "" ? this.position !== "" : !this.#history.hasSeen(position);
    if (isUngreeted || isElsewhere || leaderIsOver !== this.#isOver) this.#askSoon(state);
  }

  /** Takes an event of the leader, if it is the next one; else asks for what is missing, this event included. */
  #heardEvent({ previous, event }: TabMessage & { kind: "event" }, state: Following): void {
    const { type, lastEventId } = event;
    const isNew = hasPosition(event) && !this.#history.hasSeen(lastEventId);
    if (isNew && !this.#history.isReachedBy(previous)) return this.#askSoon(state);
    if (isNew) this.#history.take(event);
    if (type === "open" || type === "welcome") return this.#greet([event]);
    // Where the leader is behind this tab, it hands on what this tab has already had.
    if (isNew || isSystemEvent(type) || lastEventId === "") this.#do({ kind: "deliver", event });
  }

  #catchUp({ from, position, entries }: TabNews, state: Following): void {
    if (position === "" || this.#history.hasSeen(position)) return;
    if (entries === null && this.position !== "") {
      if (!this.#wasRefused) return this.#takeTheLead(state);
      this.#history.restart();
      this.#do({ kind: "gap" });
    }
    let at = from;
    for (const entry of entries ?? []) {
      if (entry === null) {
        if (at === this.position) this.#takeGap();
        continue;
      }
      at = entry.lastEventId;
      if (this.#history.hasSeen(at)) continue;
      this.#history.take(entry);
      this.#do({ kind: "deliver", event: entry });
    }
    this.#history.moveTo(position);
  }

  /** The leader does not know where this tab is, but the hub may. */
  #takeTheLead(state: Following): void {
    if (this.#takeovers.pause(this.#world.now) > 0) return;
    state.isInLine = true;
    this.#do({ kind: "stealLock" });
  }

  #takeGap(): void {
    if (this.#history.takeGap()) this.#do({ kind: "gap" });
  }

  /** `open` and `welcome`, each once for each stream. */
  #greet(events: PushEvent[]): void {
    const { connectionId } = this.#leaderSnapshot;
    for (const event of events) {
      if (this.#greetedBy.get(event.type) === connectionId) continue;
      this.#greetedBy.set(event.type, connectionId);
      this.#do({ kind: "deliver", event });
    }
  }

  #showLeaderState(state: Following): void {
    const snapshot = this.#leaderSnapshot;
    if (snapshot.isConnected) {
      // A tab that has no position yet is not connected: what comes now would pass it by.
      if (this.position === "") return;
      // The hub takes somebody's token again: this tab's may do, too.
      this.#standInLine(state);
    }
    if (JSON.stringify(snapshot) !== JSON.stringify(this.#shown)) this.#publish(snapshot);
  }

  // Leading

  lockGranted(): void {
    if (this.#state.role !== "following") return this.#do({ kind: "releaseLock" });
    const { now, wall } = this.#world;
    const isInformed = now - this.#heardAt < silence && this.position !== "";
    this.#term = Math.max(wall, this.#term + 1);
    const state: State = { role: "leading", opensAt: now + (isInformed ? 0 : listening), beatsAt: 0, hasStream: false, openAt: Infinity };
    this.#state = state;
    this.#publish(this.#isOver ? this.#endShown : connecting);
    this.#beat(state);
    if (isInformed) this.#openStream(state);
  }

  #openStream(state: State & { role: "leading" }): void {
    state.opensAt = null;
    if (this.#isOver) return this.#showEnd(state);
    state.hasStream = true;
    if (this.#shown.connectionState !== "connecting") this.#publish(connecting);
    this.#connect(false, this.#inheritedPace());
  }

  #connect(isAlone: boolean, pace: Pace): void {
    this.#do({ kind: "connect", lastEventId: this.position, pace, isAlone, isInHand: this.#inHand !== null });
    this.#inHand = null;
  }

  /** The pause that the leader before was in, if any, goes on. */
  #inheritedPace(): Pace {
    const { connectionState, attempts, retryAt } = this.#leaderSnapshot;
    const isRefreshed = this.#inHand?.isRefreshed ?? false;
    if (connectionState !== "connecting") return { attempts: 0, delay: 0, isRefreshed };
    return { attempts, delay: Math.max((retryAt ?? 0) - this.#world.wall, 0), isRefreshed };
  }

  event({ event }: TabInput & { kind: "event" }): void {
    const previous = this.position;
    if (this.#state.role === "alone") {
      if (hasPosition(event)) this.#history.position = event.lastEventId;
      return this.#do({ kind: "deliver", event });
    }
    if (this.#state.role !== "leading") return;
    if (event.type === "open" || event.type === "welcome") {
      this.#greeting = this.#greeting.filter(({ type }) => type === "open" && event.type === "welcome").concat(event);
      this.#greetedBy.set(event.type, this.#leaderSnapshot.connectionId);
    }
    if (hasPosition(event) && !this.#history.hasTaken(event.lastEventId)) this.#history.take(event);
    else if (!isSystemEvent(event.type) && event.lastEventId !== "") return;
    this.#do({ kind: "deliver", event });
    this.#broadcast({ kind: "event", term: this.#term, previous, event });
  }

  snapshot({ snapshot }: TabInput & { kind: "snapshot" }): void {
    const state = this.#state;
    if (state.role === "alone") return this.#publish(snapshot);
    if (state.role !== "leading" || !state.hasStream) return;
    // The greeting of another stream; this one's is still to come.
    if (snapshot.connectionId !== this.#leaderSnapshot.connectionId) this.#greeting = [];
    this.#leaderSnapshot = snapshot;
    const { connectionState, error, attempts, waiting } = snapshot;
    const isRefused = connectionState === "error" && error?.kind === "unauthorized";
    if (!isRefused && (connectionState === "error" || connectionState === "closed")) this.#end(state, snapshot);
    state.openAt = snapshot.isConnected ? Math.min(state.openAt, this.#world.wall) : Infinity;
    this.#publish(snapshot);
    this.#beat(state);
    // What may be this tab's own fault: another may do better.
    this.#wasRefused = isRefused || (this.#wasRefused && !snapshot.isConnected);
    if (isRefused) this.#stepDown({ isInLine: false, refusal: snapshot });
    else if (waiting === "backoff" && error?.kind === "token" && attempts > 1) this.#stepDown({ isInLine: true, refusal: null });
  }

  #end(state: State & { role: "leading" }, end: Snapshot): void {
    const endedAt = Math.max(this.#world.wall, this.#epoch.begunAt);
    this.#epoch = { ...this.#epoch, endedAt, endedIn: this.#term, end };
    state.hasStream = false;
    this.#do({ kind: "disconnect" });
  }

  gap(): void {
    if (this.#state.role === "alone") return this.#do({ kind: "gap" });
    if (this.#state.role !== "leading") return;
    this.#broadcast({ kind: "gap", term: this.#term, position: this.position });
    this.#takeGap();
  }

  #answer(message: TabMessage & { kind: "ask" | "visible" | "reconnect" }): void {
    const state = this.#state;
    if (state.role !== "leading") return;
    if (message.kind !== "visible") this.#learn(message.epoch);
    if (message.kind === "reconnect" && state.hasStream) this.#do({ kind: "reconnectStream" });
    if (message.kind === "visible" || (message.kind === "ask" && message.isVisible)) this.#sawVisible();
    if (message.kind !== "ask") return;
    if (this.position === "" && state.opensAt !== null) this.#history.moveTo(message.position);
    const from = message.position;
    const news = { from, position: this.position, entries: from === "" ? null : this.#history.since(from) };
    const greeting = this.#shown.isConnected ? this.#greeting : [];
    const answer = { term: this.#term, snapshot: this.#shown, epoch: this.#epoch, news, greeting };
    this.#do({ kind: "tell", to: message.from, message: { kind: "answer", ...answer } });
  }

  #sawVisible(): void {
    const wasSeen = this.isAnyVisible(this.#world);
    this.#visibleSeenAt = this.#world.now;
    if (!wasSeen) this.#do({ kind: "wakeStream" });
  }

  #beat(state: State & { role: "leading" }): void {
    const { now, isHidden } = this.#world;
    state.beatsAt = now + beatInterval;
    const [term, position, snapshot, epoch] = [this.#term, this.position, this.#shown, this.#epoch];
    this.#broadcast({ kind: "beat", term, position, snapshot, epoch, isHidden });
  }

  #stepDown(place: Pick<Following, "isInLine" | "refusal">): void {
    this.#actions.push({ kind: "disconnect" }, { kind: "releaseLock" });
    this.#follow(place);
    if (place.isInLine) this.#do({ kind: "requestLock" });
  }

  /** Another tab leads now: this one was frozen, or is further on than that. */
  lockLost(): void {
    if (this.#state.role === "leading") this.#stepDown({ isInLine: true, refusal: null });
  }

  // The stream's life

  get #isOver(): boolean {
    return isOver(this.#epoch);
  }

  get #endShown(): Snapshot {
    return this.#epoch.end ?? closedSnapshot;
  }

  #showEnd(state: State & { role: "leading" }): void {
    if (this.#shown === this.#endShown) return;
    this.#publish(this.#endShown);
    this.#beat(state);
  }

  #learn({ begunAt, endedAt, endedIn, end }: Epoch): void {
    this.#epoch.begunAt = Math.max(this.#epoch.begunAt, begunAt);
    if (endedAt > this.#epoch.endedAt) this.#epoch = { ...this.#epoch, endedAt, endedIn, end };
    const state = this.#state;
    if (state.role !== "leading") return;
    // It was the stream of a leader that slept; the hub has taken this one meanwhile.
    if (this.#isOver && state.openAt < endedAt && endedIn < this.#term) this.#epoch.begunAt = endedAt + 1;
    if (this.#isOver && state.hasStream) {
      state.hasStream = false;
      this.#do({ kind: "disconnect" });
      this.#showEnd(state);
    } else if (!this.#isOver && !state.hasStream && state.opensAt === null) {
      this.#openStream(state);
    }
  }

  // Time

  time(): void {
    const { now } = this.#world;
    const state = this.#state;
    if (state.role === "joining" && now >= state.due) {
      if (state.isAsking) this.namingFailed({ message: "getToken did not settle in 15 s." });
      else this.#join();
    } else if (state.role === "leading") {
      if (state.opensAt !== null && now >= state.opensAt) this.#openStream(state);
      if (now >= state.beatsAt) this.#beat(state);
    } else if (state.role === "following") {
      if (state.askedAt !== null && now >= state.askedAt + patience) this.#leaderIsSilent(state, state.askedAt);
      else if (state.askedAt === null && now >= state.silentUntil) this.#ask(state);
    }
  }

  #leaderIsSilent(state: Following, askedAt: number): void {
    const { now } = this.#world;
    const isLate = now - askedAt - patience > lateness;
    state.askedAt = null;
    if (isLate && !state.hasOverslept) {
      state.hasOverslept = true;
    } else if (state.refusal) {
      this.#waitForLeader(state);
      if (this.#shown !== state.refusal) this.#publish(state.refusal);
      return;
    } else {
      this.#do({ kind: "stealLock" });
    }
    this.#ask(state);
  }

  #nextDeadline(): number {
    const state = this.#state;
    switch (state.role) {
      case "joining":
        return state.due;
      case "leading":
        return Math.min(state.beatsAt, state.opensAt ?? Infinity);
      case "following":
        return state.askedAt === null ? state.silentUntil : state.askedAt + patience;
      default:
        return Infinity;
    }
  }

  // Doing

  #do(action: TabAction): void {
    this.#actions.push(action);
  }

  #tellLeader(message: TabMessage): void {
    this.#do({ kind: "tell", to: null, message });
  }

  #broadcast(message: TabMessage): void {
    this.#do({ kind: "broadcast", message });
  }

  #publish(snapshot: Snapshot): void {
    this.#shown = snapshot;
    this.#do({ kind: "publish", snapshot });
  }
}

function isOver({ begunAt, endedAt, end }: Epoch): boolean {
  return end !== null && endedAt >= begunAt;
}

/** Whether an event's id is the stream's position after it: a `close` has one of its own, `open` and `error` have none. */
function hasPosition({ type, lastEventId }: PushEvent): boolean {
  return lastEventId !== "" && type !== "open" && type !== "close" && type !== "error";
}
