import { backoffDelay, growingGap } from "./backoff.js";
import { fieldsOf, isSystemEvent, PushEvent } from "./event.js";
import { LeaderTopics } from "./leader-topics.js";
import { Pacer } from "./pacer.js";
import type { World } from "./runner.js";
import { AddedTopics, closedSnapshot, Snapshot, Token } from "./source.js";
import { TabHistory } from "./tab-history.js";
import type { TabAction, TabHandlers, TabInput } from "./tab-machine-messages.js";
import type { Epoch, TabMessage, TabNews } from "./tab-messages.js";
import { SharedEvent, TabTopics } from "./tab-topics.js";
import type { Refusal } from "./topics.js";

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
type Leading = {
  role: "leading";
  due: number;
  isListening: boolean;
  hasStream: boolean;
  openAt: number;
  topics: LeaderTopics;
};
type Ask = Pick<TabMessage & { kind: "ask" }, "from" | "position" | "topics" | "valuesOf">;

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
  #topics: TabTopics;
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
  #hasGivenWay = false;
  /** The application is given what it has added, and has not taken it yet. */
  #isTaking = false;
  /** Of the leader: what tabs have asked for that its stream is busy with. */
  readonly #asks = new Map<string, Ask>();
  /** The hub has last values, as its `open` has told; a tab that comes is to have them, also while there is no stream. */
  #hasValues = false;
  /** This tab's own stream has begun with values, and they have not all come. */
  #isInSnapshot = false;
  readonly #changes = new Pacer();
  readonly #takeovers = new Pacer();
  /** A token that is there for the next stream, as long as no other tab has one. */
  #inHand = nothingInHand;
  #actions: TabAction[] = [];
  #world!: World;

  constructor(tab: string, lastEventId: string, topics: Iterable<string> = []) {
    this.#tab = tab;
    this.#topics = new TabTopics(topics);
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
    this.#hasGivenWay = false;
    this.#leaderSnapshot = connecting;
    this.#do({ kind: "join", name });
    this.#follow(null);
  }

  /** What was another user's, or another stream's. */
  #forget(): void {
    this.#history = new TabHistory();
    this.#epoch = { begunAt: this.#world.wall, endedAt: 0, endedIn: 0, end: null };
    this.#greeting = [];
    this.forgetTopics();
  }

  lockUnavailable(): void {
    this.#leaveGroup("alone");
    this.#connect(0, 0, [...this.#topics.own]);
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
    if (this.#state.role === "following" && this.#topics.own.size > 0) this.#tellLeader("here", []);
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

  #tellLeader(kind: "ask" | "here" | "reconnect", topics: readonly string[] = this.#topics.wanted): void {
    this.#topics.spoke(this.#world.now);
    const isVisible = !this.#world.isHidden;
    const hasValues = this.#hasValues;
    this.#tell("leader", { kind, ...this.#ownAsk, topics, hasValues, isVisible, epoch: this.#epoch });
  }

  get #ownAsk(): Ask {
    const { position } = this;
    const valuesOf = position === "" ? [] : this.#topics.addition ?? null;
    return { from: this.#tab, position, topics: this.#topics.wanted, valuesOf };
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
    if (this.#state === state && this.#topics.addition && !this.#isTaking) this.#askSoon(state);
  }

  #heardBeat(message: TabMessage & { kind: "beat" }, state: Following): void {
    const { position, snapshot, epoch, isHidden, topics, era, greeting, news } = message;
    this.#learn(epoch);
    this.#leaderSnapshot = snapshot;
    this.#topics.heard(era, topics);
    if (news && news.kind !== "entries") return this.#hearOf(news, greeting);
    if (!news) {
      if ((isHidden && !this.#world.isHidden) || this.#topics.isDueToSpeak(this.#world.now)) this.#tellLeader("here");
      // The leader is to hear at once that the stream is over, or has begun again.
      if (!endOf(epoch) !== !this.#end) return this.#ask(state);
    }
    const isElsewhere = position === "" ? this.position !== "" : !this.#history.hasSeen(position);
    if (!this.#topics.isServed(era) || (!news && isElsewhere)) return this.#askSoon(state);
    if (news) this.#catchUp(news, position);
    this.#greet(greeting);
  }

  /** Takes an event of the leader, if it is the next one; else asks for what is missing, this event included. */
  #heardEvent({ era, previous, event }: TabMessage & { kind: "event" }, state: Following): void {
    // What this tab follows might pass it by.
    if (!this.#topics.isServed(era)) return this.#askSoon(state);
    if (!event) return this.#takeGap(previous);
    const isNew = hasPosition(event) && !this.#history.hasSeen(event.lastEventId);
    if (isNew && !this.#history.isReachedBy(previous)) return this.#askSoon(state);
    if (isNew) this.#history.take(event);
    if (isGreeting(event)) this.#greet([event]);
    // Where the leader is behind this tab, it hands on what this tab has already had.
    else if (isNew || isSystemEvent(event.type) || event.lastEventId === "") this.#deliver(event);
  }

  #catchUp({ from, entries }: TabNews & { kind: "entries" }, position: string): void {
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
      this.#deliver(event);
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
      if (event.type === "open") this.#readOpen(event);
      this.#do({ kind: "deliver", event });
    }
  }

  #showLeaderState(state: Following): void {
    const snapshot = this.#leaderSnapshot;
    if (snapshot.isConnected) {
      // A tab that has no position yet is not connected: what comes now would pass it by.
      if (this.position === "" || !this.#topics.isServed(this.#topics.era)) return;
      // The hub takes somebody's token again: this tab's may do, too.
      this.#standInLine(state);
    }
    this.#show(snapshot);
  }

  // Leading

  lockGranted(): void {
    const { now, wall } = this.#world;
    const isInformed = now - this.#heardAt < silence && this.position !== "";
    const term = Math.max(wall, this.#term + 1);
    const topics = new LeaderTopics(term);
    // Whoever wants them says so in time.
    topics.hear("", this.#topics.ofLeader, now);
    if (!topics.hear(this.#tab, this.#topics.wanted, now)) return this.lockUnavailable();
    const state: Leading = { role: "leading", due: 0, isListening: !isInformed, hasStream: false, openAt: Infinity, topics };
    this.#state = state;
    this.#term = term;
    this.#publish(this.#end ?? connecting);
    this.#beat(state);
    if (isInformed) this.#haveStream(state);
    else state.due = now + listening;
  }

  #connect(attempts: number, delay: number, topics: readonly string[]): void {
    const { position: lastEventId } = this;
    const isAlone = this.#state.role === "alone";
    this.#do({ kind: "connect", lastEventId, topics, pace: { attempts, delay, ...this.#inHand }, isAlone });
    this.#inHand = nothingInHand;
    this.#asks.clear();
    this.#isInSnapshot = false;
    this.#pursueAddition();
  }

  event({ event }: TabInput & { kind: "event" }): void {
    const state = this.#state;
    const { type, lastEventId } = event;
    const previous = this.position;
    if (state.role === "alone") {
      if (hasPosition(event)) this.#history.moveTo(lastEventId);
      return this.#do({ kind: "deliver", event });
    }
    if (state.role !== "leading") return;
    const shared = state.topics.shared(event);
    if (type === "open") this.#isInSnapshot ||= this.#readOpen(event) > 0 && previous === "";
    if (isGreeting(event)) {
      this.#greeting = this.#greeting.filter((other) => other.type !== type).concat(event);
      this.#greetedBy.set(type, this.#leaderSnapshot.connectionId);
    }
    if (this.#isInSnapshot && hasPosition(event)) return this.#hearSnapshot(shared, state);
    if (hasPosition(event) && !this.#history.hasTaken(lastEventId)) this.#history.take(shared);
    else if (!isSystemEvent(type) && lastEventId !== "") return;
    this.#deliver(shared);
    this.#tellEvent(state, previous, shared);
  }

  /** How many values the stream begins with. */
  #readOpen(event: PushEvent): number {
    const { snapshot } = fieldsOf(event);
    this.#hasValues = snapshot !== undefined;
    return Number(snapshot);
  }

  /**
   * Between two values of a snapshot there may have been other events, which a tab that is there already must not miss: no
   * tab is told that one follows the other. One that has just come asks for values of its own.
   */
  #hearSnapshot(event: SharedEvent, state: Leading): void {
    this.#history.restart();
    this.#history.moveTo(event.lastEventId);
    this.#deliver(event);
    if (!isSystemEvent(event.type)) return;
    this.#isInSnapshot = false;
    this.#beat(state);
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
    this.#tellEvent(this.#state, this.position, null);
    this.#takeGap(this.position);
  }

  #answer(message: TabMessage & { kind: "ask" | "here" | "reconnect" }): void {
    const state = this.#state;
    const { kind, from, position, topics, hasValues, isVisible, epoch } = message;
    if (state.role !== "leading") return;
    this.#learn(epoch);
    if (kind === "reconnect" && state.hasStream) this.#do({ kind: "reconnect" });
    if (isVisible) {
      const { wall, isHidden } = this.#world;
      if (isHidden && wall >= this.visibleUntil) this.#do({ kind: "wake" });
      this.visibleUntil = wall + visibleFor;
    }
    if (kind !== "ask") {
      state.topics.hear(from, topics, this.#world.now);
      return this.#leaveUnwanted(state);
    }
    if (this.position === "" && state.isListening && position !== "") {
      if (hasValues && !this.#hasGivenWay) {
        // From another tab's position on it would never have the values. That tab can lead, and hand them to this one.
        this.#hasGivenWay = true;
        return this.#stepDown(null);
      }
      this.#history.moveTo(position);
    }
    this.#serve(message, state);
  }

  #beat(state: Leading): void {
    state.due = this.#world.now + beatInterval;
    this.#tellState(state, "all", null);
  }

  #tellState(state: Leading, to: string, news: TabNews | null): void {
    const [term, position, snapshot, epoch] = [this.#term, this.position, this.#shown, this.#epoch];
    const greeting = snapshot.isConnected ? this.#greeting : [];
    const { isHidden } = this.#world;
    const { followed: topics, era } = state.topics;
    this.#tell(to, { kind: "beat", term, position, snapshot, epoch, isHidden, topics, era, greeting, news });
  }

  #tellEvent(state: Leading, previous: string, event: SharedEvent | null): void {
    this.#tell("all", { kind: "event", term: this.#term, era: state.topics.era, previous, event });
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
      state.topics.begin(this.position);
      this.#connect(isPause ? attempts : 0, Math.max((retryAt ?? 0) - this.#world.wall, 0), state.topics.followed);
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

  // Topics

  addTopics({ names }: TabInput & { kind: "addTopics" | "removeTopics" }): void {
    this.#topics.add(names);
    this.#pursueAddition();
  }

  removeTopics({ names }: TabInput & { kind: "addTopics" | "removeTopics" }): void {
    const state = this.#state;
    this.#topics.remove(names);
    if (state.role === "alone") this.#do({ kind: "unfollow", names });
    else if (state.role === "following") this.#tellLeader("here");
    else if (state.role === "leading") this.#leaveUnwanted(state);
  }

  forgetTopics(): void {
    this.#topics = new TabTopics(this.#world.options.topics);
    this.#isTaking = false;
    this.#do({ kind: "giveUp" });
  }

  #pursueAddition(): void {
    const state = this.#state;
    const names = this.#topics.addition;
    if (!names || this.#isTaking) return;
    if (state.role === "following") this.#ask(state);
    else if (state.role === "alone") this.#do({ kind: "follow", tab: this.#tab, names });
    else if (state.role === "leading" && state.hasStream) this.#serve({ ...this.#ownAsk, valuesOf: names }, state);
  }

  /** Lets the stream follow what a tab asks for; one that has all that it follows gets what has come since its position. */
  #serve(ask: Ask, state: Leading): void {
    const { from, position, topics, valuesOf } = ask;
    if (!state.topics.hear(from, topics, this.#world.now)) return this.#reply(state, from, { kind: "full" });
    this.#leaveUnwanted(state);
    const missing = state.topics.missing(topics).filter((name) => !valuesOf?.includes(name));
    const names = missing.length > 0 ? missing : valuesOf;
    if (!names || !state.hasStream || (names.length === 0 && !this.#hasValues)) {
      const entries = state.topics.covers(topics, position) ? this.#history.since(position) : null;
      return this.#reply(state, from, { kind: "entries", from: position, entries });
    }
    if (!this.#asks.has(from)) this.#do({ kind: "follow", tab: from, names });
    this.#asks.set(from, ask);
    this.#reply(state, from, null);
  }

  #reply(state: Leading, to: string, news: TabNews | null): void {
    if (to !== this.#tab) this.#tellState(state, to, news);
    else if (news && news.kind !== "entries") this.#hearOf(news, []);
  }

  followed({ tab, names, outcome }: TabInput & { kind: "followed" }): void {
    const state = this.#state;
    const isRefused = !("position" in outcome);
    if (state.role === "alone") return this.#hearOf(isRefused ? refused(names, outcome) : valuesOf(names, outcome), []);
    if (state.role !== "leading") return;
    const { topics } = state;
    let ask = this.#asks.get(tab);
    this.#asks.delete(tab);
    // What this tab itself wants now is known.
    if (ask && tab === this.#tab) ask = { ...this.#ownAsk, valuesOf: ask.valuesOf };
    if (isRefused) return this.#reply(state, tab, refused(names, outcome));
    const isChange = topics.missing(names).length > 0;
    topics.follow(names, outcome.position);
    if (isChange) this.#beat(state);
    const values = outcome.values.map((event) => topics.shared(event));
    if (!ask) return;
    // What it wants may have been left meanwhile: then these are not all the values.
    const isDone = areSame(names, ask.valuesOf) && topics.missing(ask.topics).length === 0;
    if (isDone) this.#reply(state, tab, valuesOf(names, { ...outcome, values }));
    else this.#serve(ask, state);
  }

  unfollowed({ names, position }: TabInput & { kind: "unfollowed" }): void {
    if (this.#state.role === "leading") this.#state.topics.left(names, position);
  }

  topicsTaken({ names }: TabInput & { kind: "topicsTaken" }): void {
    const state = this.#state;
    this.#losesTopics(names.filter((name) => this.#topics.own.has(name)), { message: "The hub has ended it.", status: 0 });
    if (state.role !== "leading") return;
    state.topics.lost(names);
    this.#beat(state);
  }

  #leaveUnwanted(state: Leading): void {
    const { now } = this.#world;
    state.topics.hear(this.#tab, this.#topics.wanted, now);
    const names = state.topics.unwanted(now);
    if (names.length === 0) return;
    this.#do({ kind: "unfollow", names });
    this.#beat(state);
  }

  /** What has become of a wish of this tab. */
  #hearOf(news: Exclude<TabNews, { kind: "entries" }>, greeting: PushEvent[]): void {
    if (news.kind === "full") return this.lockUnavailable();
    const isAddition = areSame(news.names, this.#topics.addition) && !this.#isTaking;
    if (news.kind === "values") {
      if (news.names.length === 0) return this.#begin(news.added, greeting);
      if (!isAddition) return;
      this.#isTaking = true;
      this.#do({ kind: "added", outcome: news.added });
    } else if (isAddition) {
      this.#do({ kind: "added", outcome: news.refusal });
      this.#topics.added();
      this.#pursueAddition();
    } else if (this.position === "") {
      // By itself it hears of the hub what is wrong.
      this.lockUnavailable();
    } else {
      this.#losesTopics(news.names, news.refusal);
    }
  }

  /** The application has the values: what came after them may follow. */
  taken({ position }: TabInput & { kind: "taken" }): void {
    if (!this.#isTaking) return;
    this.#isTaking = false;
    const names = this.#topics.addition ?? [];
    const before = new Set(this.#topics.own);
    this.#topics.added(position);
    const isNew = ({ topic = "" }: PushEvent) => names.includes(topic) && !before.has(topic);
    if (this.#state.role !== "alone") {
      for (const event of this.#history.since(position) ?? []) if (event && isNew(event)) this.#deliver(event);
    }
    this.#pursueAddition();
  }

  /** A tab that comes to a stream that is open has what one of its own would have begun with. */
  #begin({ position, values }: AddedTopics, greeting: PushEvent[]): void {
    if (this.position !== "" || this.#state.role !== "following") return;
    this.#history.moveTo(position);
    const snapshot = values.filter((event) => this.#topics.isOwn(event));
    this.#greet(greeting.map((event) => (event.type === "open" ? opening(event, snapshot.length) : event)));
    for (const event of snapshot) this.#deliver(event);
    if (snapshot.length === 0) return;
    const data = JSON.stringify({ timestamp: new Date(this.#world.wall).toISOString() });
    this.#deliver({ type: "heartbeat", data, lastEventId: position });
  }

  #losesTopics(names: readonly string[], refusal: Refusal): void {
    this.#topics.remove(names);
    if (names.length > 0) this.#do({ kind: "refused", names, refusal });
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
      this.#leaveUnwanted(state);
      this.#beat(state);
    } else if (state.role === "following") {
      this.#leaderIsSilent(state);
    }
  }

  // Doing

  #do(action: TabAction): void {
    this.#actions.push(action);
  }

  #deliver(event: SharedEvent): void {
    const { isGiven, ...own } = event;
    if (this.#topics.isOwn(event)) this.#do({ kind: "deliver", event: own });
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

function refused(names: readonly string[], refusal: Refusal) {
  return { kind: "refused", names, refusal } as const;
}

function valuesOf(names: readonly string[], added: AddedTopics) {
  return { kind: "values", names, added } as const;
}

function areSame(names: readonly string[], others: readonly string[] | null | undefined): boolean {
  return names.join("\n") === others?.join("\n");
}

/** The stream's `open` for one that begins with so many values. */
function opening(event: PushEvent, snapshot: number): PushEvent {
  return { ...event, data: JSON.stringify({ ...fieldsOf(event), replay: "none", snapshot }) };
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
