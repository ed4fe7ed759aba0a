import { backoffDelay, growingGap } from "./backoff.js";
import { isSystemEvent, PushEvent } from "./event.js";
import { Pacer } from "./pacer.js";
import type { World } from "./runner.js";
import { closedSnapshot, Snapshot, Token } from "./source.js";
import { TabHistory } from "./tab-history.js";
import type { TabAction, TabHandlers, TabInput } from "./tab-machine-messages.js";
import type { Epoch, TabMessage, TabNews } from "./tab-messages.js";

/** A leader is heard this often, in milliseconds, however quiet it is. */
const beatInterval = 5000;
/** A leader silent for so long is asked, so many times; one that does not answer loses the lead. */
const silence = 6000;
const maxAsks = 3;
/** A timer this late means that this tab slept: its mail comes after its timers, so it asks once more, and only once. */
const lateness = 1000;
/** Who takes the lead without having heard from the others listens first: for a position, or that it is all over. */
const listening = 30;
/** From one question to the next. */
const askInterval = 1000;
/** A visible tab that was not heard for so long is gone. */
const visibleFor = beatInterval * 3;
/** Asking who the user is may take so long. */
const namingLimit = 15_000;

/**
 * - `joining`: asks who the user is, or (`isAsking` is false) waits to ask again;
 * - `alone`: it cannot share, and has a stream of its own;
 * - `following`: hears of the leader, and is in line for the lock, unless the hub has refused its token (`refusal`);
 *   `asked`: how often it has asked a silent leader;
 * - `leading`: has the lock, and the stream unless that is over, open since `openAt` (milliseconds since 1970);
 *   `isListening`: but not yet;
 * - `away`: the page is in the back/forward cache, or frozen.
 *
 * `due` is when the next step is to be done.
 */
type State =
  | { role: "idle" | "alone" | "away"; due: number }
  | { role: "joining"; due: number; isAsking: boolean; since: number }
  | Following
  | Leading;

type Following = { role: "following"; due: number; refusal: Snapshot | null; asked: number };
type Leading = { role: "leading"; due: number; isListening: boolean; hasStream: boolean; openAt: number };

const connecting: Snapshot = { ...closedSnapshot, connectionState: "connecting" };
const nothingInHand: { token?: Token; isRefreshed: boolean } = { isRefreshed: false };

/**
 * Decides what one of the tabs does that share a stream. No I/O: it takes what happened and returns what to do.
 *
 * The tabs wait in line for a lock; the one that has it leads: it has the stream and hands events on. Each event names the
 * position that it follows, so that every tab knows whether it has missed some; it then asks the leader, and where that
 * does not remember, takes the lead itself and gets them from the hub, while the others skip what they have had. All
 * remember whether the stream has ended for good (`Epoch`), so that it stays so whichever leads.
 */
export class TabMachine implements TabHandlers {
  /** Until when another tab is visible, which the stream serves, too; milliseconds since 1970. */
  visibleUntil = 0;

  readonly #tab: string;
  #state: State = { role: "idle", due: Infinity };
  #name: string | undefined;
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
  #askedAt = -Infinity;
  /** The hub refuses this tab's token: it cannot get for itself what it has missed. */
  #wasRefused = false;
  #joins = 0;
  readonly #changes = new Pacer();
  readonly #takeovers = new Pacer();
  /** A token that is there for the next stream, as long as no other tab has one. */
  #inHand = nothingInHand;
  #actions: TabAction[] = [];
  #world!: World;

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

  /** When `time` is due, at the latest. */
  get deadline(): number {
    return this.#state.due;
  }

  receive(input: TabInput, world: World): TabAction[] {
    this.#actions = [];
    this.#world = world;
    (this[input.kind] as (input: TabInput) => void)(input);
    return this.#actions;
  }

  // Joining and leaving

  stop(): void {
    this.#leaveGroup("idle");
    this.#publish(closedSnapshot);
  }

  start(): void {
    if (hasEnded(this.#shown)) this.reconnect();
  }

  /** The application asks for the stream: whatever ended or failed before begins again. */
  reconnect(): void {
    const state = this.#state;
    this.#epoch.begunAt = Math.max(this.#world.wall, this.#epoch.endedAt + 1);
    this.#joins = 0;
    if (state.role === "following") {
      this.#tellLeader("reconnect");
      this.#standInLine(state);
    } else if (state.role === "alone" || (state.role === "leading" && state.hasStream)) {
      this.#do({ kind: "reconnect" });
    } else if (state.role === "leading") {
      this.#haveStream(state);
    } else {
      this.#join();
    }
  }

  #join(): void {
    const { now } = this.#world;
    this.#state = { role: "joining", due: now + namingLimit, isAsking: true, since: now };
    this.#publish(this.#end ?? connecting);
    this.#do({ kind: "name", token: this.#inHand.token });
  }

  namingFailed({ message }: { message: string }): void {
    if (this.#state.role !== "joining") return;
    this.#pause(backoffDelay(this.#joins, 1000, this.#world.random), { kind: "token", message });
    this.#joins += 1;
  }

  #pause(delay: number, error: Snapshot["error"]): void {
    const { now, wall } = this.#world;
    this.#state = { role: "joining", due: now + delay, isAsking: false, since: now };
    this.#publish({ ...connecting, attempts: this.#joins + 1, retryAt: wall + delay, waiting: "backoff", error });
  }

  named({ name }: TabInput & { kind: "named" }): void {
    if (this.#state.role !== "joining") return;
    if (name === null) return this.lockUnavailable();
    if ((this.#name ?? name) !== name) this.#forget();
    this.#name = name;
    this.#joins = 0;
    this.#leaderSnapshot = connecting;
    this.#do({ kind: "join", name });
    this.#follow(null);
  }

  /** What was another user's, or another stream's. */
  #forget(): void {
    this.#history = new TabHistory();
    this.#epoch = { begunAt: this.#world.wall, endedAt: 0, endedIn: 0, end: null };
    this.#greeting = [];
  }

  lockUnavailable(): void {
    this.#leaveGroup("alone");
    this.#connect(0, 0, true);
  }

  /** A change of users that comes soon after the last one waits: a token function that cannot decide is no storm. */
  otherUser({ token, isRefreshed }: TabInput & { kind: "otherUser" }): void {
    this.#forget();
    if (this.#state.role === "alone") return;
    this.#leaveGroup("idle");
    this.#inHand = { token, isRefreshed };
    const pause = this.#changes.pause(this.#world.now);
    if (pause > 0) this.#pause(pause, null);
    else this.#join();
  }

  left(): void {
    if (this.isIdle || this.#state.role === "alone") return;
    this.#leaveGroup("away");
    if (!this.#end) this.#publish({ ...connecting, waiting: "hidden" });
  }

  woke(): void {
    const state = this.#state;
    if (state.role === "away") this.#join();
    else if (state.role === "following") this.#ask(state);
    else if (state.role === "joining" && !state.isAsking) {
      state.due = Math.min(state.due, state.since + growingGap(this.#joins));
    }
  }

  #leaveGroup(role: "idle" | "alone" | "away"): void {
    this.#actions.push({ kind: "disconnect" }, { kind: "leave" });
    this.#state = { role, due: Infinity };
  }

  // The stream itself sees to the network.

  online(): void {}

  offline(): void {}

  // Following

  /** In line for the lock, unless the hub has just refused this tab's token. */
  #follow(refusal: Snapshot | null): void {
    const state: Following = { role: "following", due: 0, refusal, asked: 0 };
    this.#state = state;
    this.#ask(state);
    if (!refusal) this.#do({ kind: "requestLock", steal: false });
  }

  #standInLine(state: Following): void {
    if (!state.refusal) return;
    state.refusal = null;
    this.#do({ kind: "requestLock", steal: false });
  }

  #ask(state: Following): void {
    this.#askedAt = this.#world.now;
    state.asked ||= 1;
    state.due = this.#askedAt + askInterval;
    this.#tellLeader("ask");
  }

  /** Something is missing here. */
  #askSoon(state: Following): void {
    if (this.#world.now - this.#askedAt >= askInterval) this.#ask(state);
  }

  #tellLeader(kind: "ask" | "visible" | "reconnect"): void {
    const isVisible = !this.#world.isHidden;
    this.#tell("leader", { kind, from: this.#tab, position: this.position, isVisible, epoch: this.#epoch });
  }

  #waitForLeader(state: Following): void {
    const { now, random } = this.#world;
    state.due = now + silence + random * 1000;
    state.asked = 0;
  }

  #leaderIsSilent(state: Following): void {
    const isLate = this.#world.now - state.due > lateness;
    if (state.asked < maxAsks || (state.asked === maxAsks && isLate)) {
      state.asked += isLate ? maxAsks : 1;
      this.#ask(state);
    } else if (state.refusal) {
      this.#waitForLeader(state);
      this.#show(state.refusal);
    } else {
      this.#do({ kind: "requestLock", steal: true });
      state.asked = 0;
      this.#ask(state);
    }
  }

  message({ message }: TabInput & { kind: "message" }): void {
    if (!("term" in message)) return this.#answer(message);
    if (message.term < this.#term) return;
    if (message.term > this.#term) {
      this.#term = message.term;
      this.lockLost();
    }
    const state = this.#state;
    if (state.role !== "following") return;
    this.#waitForLeader(state);
    this.#heardAt = this.#world.now;
    this.#inHand = nothingInHand;
    if (message.kind === "event") this.#heardEvent(message, state);
    else this.#heardBeat(message, state);
    this.#showLeaderState(state);
  }

  #heardBeat(message: TabMessage & { kind: "beat" }, state: Following): void {
    const { position, snapshot, epoch, isHidden, greeting, news } = message;
    this.#learn(epoch);
    this.#leaderSnapshot = snapshot;
    if (news) {
      this.#catchUp(news, position);
    } else {
      if (isHidden && !this.#world.isHidden) this.#tellLeader("visible");
      // The leader is to hear at once that the stream is over, or has begun again.
      if (!endOf(epoch) !== !this.#end) return this.#ask(state);
      const isElsewhere = position === "" ? this.position !== "" : !this.#history.hasSeen(position);
      if (isElsewhere) return this.#askSoon(state);
    }
    this.#greet(greeting);
  }

  /** Takes an event of the leader, if it is the next one; else asks for what is missing, this event included. */
  #heardEvent({ previous, event }: TabMessage & { kind: "event" }, state: Following): void {
    if (!event) return this.#takeGap(previous);
    const isNew = hasPosition(event) && !this.#history.hasSeen(event.lastEventId);
    if (isNew && !this.#history.isReachedBy(previous)) return this.#askSoon(state);
    if (isNew) this.#history.take(event);
    if (isGreeting(event)) this.#greet([event]);
    // Where the leader is behind this tab, it hands on what this tab has already had.
    else if (isNew || isSystemEvent(event.type) || event.lastEventId === "") this.#do({ kind: "deliver", event });
  }

  #catchUp({ from, entries }: TabNews, position: string): void {
    if (position === "" || this.#history.hasSeen(position)) return;
    if (!entries && this.position !== "") {
      if (!this.#wasRefused) return this.#takeTheLead();
      this.#history.restart();
      this.#do({ kind: "gap" });
    }
    let previous = from;
    for (const event of entries ?? []) {
      if (!event) {
        this.#takeGap(previous);
        continue;
      }
      previous = event.lastEventId;
      if (this.#history.hasSeen(previous)) continue;
      this.#history.take(event);
      this.#do({ kind: "deliver", event });
    }
    this.#history.moveTo(position);
  }

  /** The leader does not know where this tab is, but the hub may. */
  #takeTheLead(): void {
    if (this.#takeovers.pause(this.#world.now) === 0) this.#do({ kind: "requestLock", steal: true });
  }

  /** The hub has lost what came after the position. */
  #takeGap(previous: string): void {
    if (previous === this.position && this.#history.takeGap()) this.#do({ kind: "gap" });
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
    this.#show(snapshot);
  }

  // Leading

  lockGranted(): void {
    const { now, wall } = this.#world;
    const isInformed = now - this.#heardAt < silence && this.position !== "";
    const state: Leading = { role: "leading", due: 0, isListening: !isInformed, hasStream: false, openAt: Infinity };
    this.#state = state;
    this.#term = Math.max(wall, this.#term + 1);
    this.#publish(this.#end ?? connecting);
    this.#beat(state);
    if (isInformed) this.#haveStream(state);
    else state.due = now + listening;
  }

  #connect(attempts: number, delay: number, isAlone: boolean): void {
    this.#do({ kind: "connect", lastEventId: this.position, pace: { attempts, delay, ...this.#inHand }, isAlone });
    this.#inHand = nothingInHand;
  }

  event({ event }: TabInput & { kind: "event" }): void {
    const { role } = this.#state;
    const { type, lastEventId } = event;
    const previous = this.position;
    if (role === "alone") {
      if (hasPosition(event)) this.#history.moveTo(lastEventId);
      return this.#do({ kind: "deliver", event });
    }
    if (role !== "leading") return;
    if (hasPosition(event) && !this.#history.hasTaken(lastEventId)) this.#history.take(event);
    else if (!isSystemEvent(type) && lastEventId !== "") return;
    if (isGreeting(event)) {
      this.#greeting = this.#greeting.filter((other) => other.type !== type).concat(event);
      this.#greetedBy.set(type, this.#leaderSnapshot.connectionId);
    }
    this.#do({ kind: "deliver", event });
    this.#tell("all", { kind: "event", term: this.#term, previous, event });
  }

  snapshot({ snapshot }: TabInput & { kind: "snapshot" }): void {
    const state = this.#state;
    if (state.role === "alone") return this.#publish(snapshot);
    if (state.role !== "leading" || !state.hasStream) return;
    const { isConnected, connectionId, error, attempts, waiting } = snapshot;
    // The greeting of another stream; this one's is still to come.
    if (connectionId !== this.#leaderSnapshot.connectionId) this.#greeting = [];
    this.#leaderSnapshot = snapshot;
    const isRefused = hasEnded(snapshot) && error?.kind === "unauthorized";
    if (!isRefused && hasEnded(snapshot)) {
      const endedAt = Math.max(this.#world.wall, this.#epoch.begunAt);
      this.#epoch = { ...this.#epoch, endedAt, endedIn: this.#term, end: snapshot };
      return this.#haveStream(state);
    }
    state.openAt = isConnected ? Math.min(state.openAt, this.#world.wall) : Infinity;
    this.#publish(snapshot);
    this.#beat(state);
    // What may be this tab's own fault: another may do better.
    this.#wasRefused = isRefused || (this.#wasRefused && !isConnected);
    if (isRefused) this.#stepDown(snapshot);
    else if (waiting === "backoff" && error?.kind === "token" && attempts > 1) this.#stepDown(null);
  }

  gap(): void {
    if (this.#state.role === "alone") return this.#do({ kind: "gap" });
    if (this.#state.role !== "leading") return;
    this.#tell("all", { kind: "event", term: this.#term, previous: this.position, event: null });
    this.#takeGap(this.position);
  }

  #answer({ kind, from, position, isVisible, epoch }: TabMessage & { kind: "ask" | "visible" | "reconnect" }): void {
    const state = this.#state;
    if (state.role !== "leading") return;
    this.#learn(epoch);
    if (kind === "reconnect" && state.hasStream) this.#do({ kind: "reconnect" });
    if (isVisible) {
      const { wall, isHidden } = this.#world;
      if (isHidden && wall >= this.visibleUntil) this.#do({ kind: "wake" });
      this.visibleUntil = wall + visibleFor;
    }
    if (kind !== "ask") return;
    if (this.position === "" && state.isListening) this.#history.moveTo(position);
    this.#tellState(from, { from: position, entries: this.#history.since(position) });
  }

  #beat(state: Leading): void {
    state.due = this.#world.now + beatInterval;
    this.#tellState("all", null);
  }

  #tellState(to: string, news: TabNews | null): void {
    const [term, position, snapshot, epoch] = [this.#term, this.position, this.#shown, this.#epoch];
    const greeting = snapshot.isConnected ? this.#greeting : [];
    const { isHidden } = this.#world;
    this.#tell(to, { kind: "beat", term, position, snapshot, epoch, isHidden, greeting, news });
  }

  #stepDown(refusal: Snapshot | null): void {
    this.#actions.push({ kind: "disconnect" }, { kind: "releaseLock" });
    this.#follow(refusal);
  }

  /** Another tab leads now: this one was frozen, or is further on than that. */
  lockLost(): void {
    if (this.#state.role === "leading") this.#stepDown(null);
  }

  // The stream's life

  get #end(): Snapshot | null {
    return endOf(this.#epoch);
  }

  /** Unless it is over: then the leader says so, and has none. */
  #haveStream(state: Leading): void {
    const end = this.#end;
    state.isListening = false;
    if (!end && !state.hasStream) {
      state.hasStream = true;
      // The pause that the leader before was in, if any, goes on.
      const { connectionState, attempts, retryAt } = this.#leaderSnapshot;
      const isPause = connectionState === "connecting";
      this.#connect(isPause ? attempts : 0, Math.max((retryAt ?? 0) - this.#world.wall, 0), false);
    } else if (end) {
      if (state.hasStream) this.#do({ kind: "disconnect" });
      state.hasStream = false;
      state.openAt = Infinity;
      if (this.#shown === end) return;
      this.#publish(end);
      this.#beat(state);
    }
  }

  #learn({ begunAt, endedAt, endedIn, end }: Epoch): void {
    this.#epoch.begunAt = Math.max(this.#epoch.begunAt, begunAt);
    if (endedAt > this.#epoch.endedAt) this.#epoch = { ...this.#epoch, endedAt, endedIn, end };
    const state = this.#state;
    if (state.role !== "leading") return;
    // It was the stream of a leader that slept; the hub has taken this one meanwhile.
    if (this.#end && state.openAt < endedAt && endedIn < this.#term) this.#epoch.begunAt = endedAt + 1;
    if (!state.isListening) this.#haveStream(state);
  }

  // Time

  time(): void {
    const state = this.#state;
    if (this.#world.now < state.due) return;
    if (state.role === "joining") {
      if (state.isAsking) this.namingFailed({ message: "getToken did not settle in 15 s." });
      else this.#join();
    } else if (state.role === "leading") {
      if (state.isListening) this.#haveStream(state);
      this.#beat(state);
    } else if (state.role === "following") {
      this.#leaderIsSilent(state);
    }
  }

  // Doing

  #do(action: TabAction): void {
    this.#actions.push(action);
  }

  #tell(to: string, message: TabMessage): void {
    this.#do({ kind: "tell", to, message });
  }

  /** Unless it is shown already. */
  #show(snapshot: Snapshot): void {
    if (JSON.stringify(snapshot) !== JSON.stringify(this.#shown)) this.#publish(snapshot);
  }

  #publish(snapshot: Snapshot): void {
    this.#shown = snapshot;
    this.#do({ kind: "publish", snapshot });
  }
}

/** How the stream has ended for good, if it has. */
function endOf({ begunAt, endedAt, end }: Epoch): Snapshot | null {
  return endedAt >= begunAt ? end : null;
}

function hasEnded({ connectionState }: Snapshot): boolean {
  return connectionState === "closed" || connectionState === "error";
}

function isGreeting({ type }: PushEvent): boolean {
  return type === "open" || type === "welcome";
}

/** Whether an event's id is the stream's position after it: a `close` has one of its own, `open` and `error` have none. */
function hasPosition({ type, lastEventId }: PushEvent): boolean {
  return lastEventId !== "" && type !== "open" && type !== "close" && type !== "error";
}
