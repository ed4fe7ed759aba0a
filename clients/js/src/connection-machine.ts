import { backoffDelay, growingGap, slowDelay } from "./backoff.js";
import type { ConnectionAction, ConnectionHandlers, ConnectionInput, Pace } from "./connection-messages.js";
import { Liveness } from "./liveness.js";
import { RenewalSchedule } from "./renewal.js";
import { isPassing } from "./request.js";
import type { World } from "./runner.js";
import { closedSnapshot, ConnectionError, Snapshot, Token } from "./source.js";

/** From asking for the token to the first event, in milliseconds: the hub sends `open` at once. */
const attemptLimit = 15_000;
/** A first event that keeps coming, byte by byte, may take so long. */
const openingLimit = 60_000;
/** A stream that opened and lasted so long was a success: the next failure counts as the first. */
const stableAfter = 5000;
/** `navigator.onLine === false` is believed so long: it is wrong where only the loopback or a private network is up. */
const offlineLimit = 30_000;
/** Signals that come within this time of each other are one waking up. */
const wakeSpan = 100;

/**
 * - `idle`: not started, stopped, or ended for good;
 * - `connecting`: an attempt asks for its token, then for the stream, then waits for the first event;
 * - `open`: events come; `isCutOff`: but the browser says that there is no network;
 * - `waiting`: the next attempt is due, or held back by the page; `notBefore`: the server asked for it;
 * - `away`: the same, with the page in the back/forward cache, or frozen.
 */
type State =
  | { kind: "idle" }
  | { kind: "connecting"; step: "token" | "request" | "opening"; deadline: number; restarts: boolean }
  | { kind: "open"; since: number; liveness: Liveness; isCutOff: boolean }
  | ({ kind: "waiting" | "away" } & Pause);

type Pause = { due: number; notBefore: number };

type Failure = Pick<Snapshot, "error" | "closeReason">;
type Retry = Partial<Failure> & { isSoon?: boolean; notBefore?: number; least?: number };

const noFailure: Failure = { error: null, closeReason: null };
const fromScratch: Pace = { attempts: 0, delay: 0, isRefreshed: false };

/**
 * Decides whether, when and with which token to ask for the stream. No I/O: it takes what happened and returns what to do.
 *
 * Whatever a token function, a server or a proxy answers, the pauses between requests grow. An attempt follows another at
 * once only: with a fresh token after a refusal, once between two opened streams; after a stream that was a success, where
 * it fell silent or its token ended; and when the page wakes up, for which the least distance doubles each time. A
 * success is a stream that lasted, not one that opened.
 */
export class ConnectionMachine implements ConnectionHandlers {
  /** Where the stream goes on after a reconnect. */
  lastEventId: string;
  /** When `time` is due, at the latest. */
  deadline = Infinity;

  #state: State = { kind: "idle" };
  #attempts = 0;
  #attemptedAt = -Infinity;
  /** How often a wake has cut a pause short since the last success. */
  #wakes = 0;
  #wokeAt = -Infinity;
  /** One that is there already, for the next attempt. */
  #token: Token;
  /** The next token must be a fresh one, or the last one already was. */
  #refresh = false;
  /** Why there is no stream. */
  #failure = noFailure;
  #serverDelay: number | undefined;
  #connectionId: string | null = null;
  /** How long the browser's "offline" is believed; 0 while it does not say so. */
  #offlineUntil = 0;
  #renewal: RenewalSchedule | undefined;
  #actions: ConnectionAction[] = [];
  #world!: World;

  constructor(lastEventId: string) {
    this.lastEventId = lastEventId;
  }

  get isIdle(): boolean {
    return this.#state.kind === "idle";
  }

  receive(input: ConnectionInput, world: World): ConnectionAction[] {
    this.#actions = [];
    this.#world = world;
    this.#offlineUntil = world.isOffline ? this.#offlineUntil || world.now + offlineLimit : 0;
    (this[input.kind] as (input: ConnectionInput) => void)(input);
    this.deadline = this.#nextDeadline();
    return this.#actions;
  }

  // What happens

  start({ pace = fromScratch }: ConnectionInput & { kind: "start" }): void {
    if (this.isIdle) this.#begin(pace);
  }

  /** The application asks for it: nothing that failed before counts. */
  reconnect(): void {
    this.#begin(fromScratch);
  }

  stop(): void {
    this.#halt({});
  }

  accepted(): void {
    if (this.#state.kind === "connecting") this.#state.step = "opening";
  }

  impossible({ message }: ConnectionInput & { kind: "impossible" }): void {
    this.#fail({ kind: "http", message });
  }

  retryTime({ milliseconds }: ConnectionInput & { kind: "retryTime" }): void {
    this.#serverDelay = milliseconds;
  }

  tokenEnds({ life }: ConnectionInput & { kind: "tokenEnds" }): void {
    const { now, options } = this.#world;
    if (options.getToken) this.#renewal = new RenewalSchedule(now + life, now);
  }

  lost({ message }: { message: string }): void {
    this.#retry({ error: { kind: this.#isAskingForToken ? "token" : "network", message } });
  }

  renewed({ life }: ConnectionInput & { kind: "renewed" }): void {
    this.#renewal?.renewed(life, this.#world.now);
  }

  wrongUser({ isKnown }: ConnectionInput & { kind: "wrongUser" }): void {
    if (isKnown) this.lastEventId = "";
    this.#refresh = true;
    this.#retry({});
  }

  online(): void {
    this.#networkChanged(true);
  }

  offline(): void {
    this.#networkChanged(false);
  }

  // Attempts

  #begin({ attempts, delay, token, isRefreshed }: Pace): void {
    this.#abandon();
    this.#failure = noFailure;
    this.#attempts = attempts;
    this.#wakes = 0;
    this.#token = token;
    this.#refresh = isRefreshed;
    const due = this.#world.now + delay;
    if (delay > 0) this.#wait({ due, notBefore: due });
    else this.#connect();
  }

  #connect(): void {
    const { now } = this.#world;
    this.#abandon();
    this.#state = { kind: "connecting", step: "token", deadline: now + attemptLimit, restarts: false };
    this.#attemptedAt = now;
    this.#show({ closeReason: null });
    this.#actions.push({ kind: "authorize", refresh: this.#refresh, token: this.#token });
    this.#token = undefined;
  }

  authorized({ isOtherUser }: ConnectionInput & { kind: "authorized" }): void {
    if (this.#state.kind !== "connecting") return;
    if (isOtherUser) this.lastEventId = "";
    this.#state.step = "request";
  }

  refused({ status, message, retryAfter, retry }: ConnectionInput & { kind: "refused" }): void {
    if (status === 204) return this.#halt({ closeReason: null });
    const isUnauthorized = status === 401 || status === 403;
    const kind = isUnauthorized ? "unauthorized" : status === 200 ? "content-type" : "http";
    const error: ConnectionError = { kind, message, status };
    if (isUnauthorized) {
      if (this.#refresh || !this.#world.options.getToken) return this.#fail(error);
      this.#refresh = true;
      this.#failure = { error, closeReason: null };
      return this.#connect();
    }
    const isTransient = isPassing(status);
    if (!(retry ?? (isTransient || status === 404 || status === 200))) return this.#fail(error);
    const least = isTransient ? retryAfter : Math.max(retryAfter, slowDelay(this.#world.random));
    return this.#retry({ error, notBefore: retryAfter, least });
  }

  opened({ connectionId, heartbeatInterval }: ConnectionInput & { kind: "opened" }): void {
    this.#connectionId = connectionId;
    if (this.#state.kind === "connecting") this.#nowOpen();
    else this.#publishOpen();
    if (this.#state.kind === "open") this.#state.liveness.opened(this.#isWatched ? heartbeatInterval : 0);
  }

  /** Any byte is life. The first whole event opens the stream, or a comment before it. */
  bytes({ isMidEvent }: ConnectionInput & { kind: "bytes" }): void {
    const { now } = this.#world;
    const state = this.#state;
    if (state.kind === "connecting") {
      state.deadline = Math.min(now + attemptLimit, this.#attemptedAt + openingLimit);
      state.restarts = false;
      if (!isMidEvent) this.#nowOpen();
    } else if (state.kind === "open") {
      state.liveness.heard(now, isMidEvent && this.#isWatched);
      if (!state.isCutOff) return;
      state.isCutOff = false;
      this.#publishOpen();
    }
  }

  #nowOpen(): void {
    const { now } = this.#world;
    this.#refresh = false;
    this.#failure = noFailure;
    this.#state = { kind: "open", since: now, liveness: new Liveness(now), isCutOff: false };
    this.#publishOpen();
  }

  closed({ reason, reconnect }: ConnectionInput & { kind: "closed" }): void {
    if (!reconnect) return this.#halt({ closeReason: reason });
    const needsToken = reason === "token-expired" || reason === "revoked";
    if (needsToken) this.#refresh = true;
    this.#retry({ closeReason: reason, isSoon: needsToken });
  }

  // Pauses

  /** `isSoon`: without a pause, the first time; `least`: its least; `notBefore`: what a wake does not cut short either. */
  #retry({ error = null, closeReason = null, isSoon = false, notBefore = 0, least = 0 }: Retry): void {
    const { now, random, options } = this.#world;
    if (this.isIdle) return;
    this.#countSuccess();
    this.#failure = { error, closeReason };
    const { maxReconnectAttempts = Infinity, reconnectDelay = 3000 } = options;
    if (this.#attempts >= maxReconnectAttempts) {
      const message = closeReason === null ? "The stream was lost." : `The hub closed the stream: ${closeReason}.`;
      return this.#fail(error ?? { kind: "network", message });
    }
    const first = this.#serverDelay ?? reconnectDelay;
    const backoff = isSoon && this.#attempts === 0 ? 0 : backoffDelay(this.#attempts, first, random);
    this.#attempts += 1;
    this.#abandon();
    this.#wait({ due: now + Math.max(backoff, least), notBefore: now + notBefore });
  }

  #countSuccess(): void {
    const isSuccess = this.#state.kind === "open" && this.#world.now - this.#state.since >= stableAfter;
    if (isSuccess) this.#attempts = this.#wakes = 0;
  }

  #wait({ due, notBefore }: Pause): void {
    const { now, wall } = this.#world;
    const obstacle = this.#obstacle();
    if (due <= now && obstacle === null) return this.#connect();
    this.#state = { kind: "waiting", due, notBefore };
    this.#show({ retryAt: due <= now ? null : wall + due - now, waiting: obstacle ?? "backoff" });
  }

  #isBelievedOffline(): boolean {
    return this.#world.now < this.#offlineUntil;
  }

  #obstacle(): "hidden" | "offline" | null {
    if (this.#world.isHidden && !this.#world.options.whileHidden) return "hidden";
    return this.#isBelievedOffline() ? "offline" : null;
  }

  // The page and the network

  woke(): void {
    const { now } = this.#world;
    if (now - this.#wokeAt < wakeSpan) return;
    this.#wokeAt = now;
    const state = this.#state;
    if (state.kind === "connecting" && state.step !== "opening") {
      const earliest = this.#attemptedAt + growingGap(this.#wakes);
      if (earliest >= state.deadline) return;
      this.#wakes += 1;
      if (earliest <= now) return this.#connect();
      state.restarts = true;
      state.deadline = earliest;
    } else if (state.kind === "open") {
      state.liveness.woke(now);
    } else if ("due" in state) {
      this.#resumeWaiting(state);
    }
  }

  /** The page is back: what is overdue happens now, and another wait may be cut short. */
  #resumeWaiting({ due, notBefore }: Pause): void {
    const earliest = Math.max(notBefore, this.#attemptedAt + growingGap(this.#wakes));
    if (this.#obstacle() === null && due > this.#world.now && due > earliest) {
      this.#wakes += 1;
      due = earliest;
    }
    this.#wait({ due, notBefore });
  }

  /** An open stream would keep the page out of the back/forward cache, or come out of it dead. */
  left(): void {
    const state = this.#state;
    if (this.isIdle) return;
    this.#countSuccess();
    this.#abandon();
    const pause = "due" in state ? state : { due: this.#attemptedAt + growingGap(this.#wakes), notBefore: 0 };
    this.#wokeAt = -Infinity;
    this.#state = { ...pause, kind: "away" };
    this.#show({ waiting: "hidden" });
  }

  #networkChanged(isOnline: boolean): void {
    const state = this.#state;
    if (state.kind === "open") {
      if (isOnline) state.liveness.demandProof(this.#world.now);
      state.isCutOff ||= this.#isBelievedOffline();
      if (state.isCutOff) this.#publishOpen();
    } else if (isOnline) {
      this.woke();
    } else if (state.kind === "waiting") {
      this.#wait(state);
    }
  }

  // Time

  time(): void {
    const { now } = this.#world;
    const state = this.#state;
    if (state.kind === "waiting") {
      // Its obstacle may be gone, too, or no longer be believed.
      if (state.due <= now) this.#wait(state);
    } else if (state.kind === "connecting") {
      if (state.deadline <= now) this.#attemptTookTooLong(state.restarts);
    } else if (state.kind === "open") {
      this.#lookAtRenewal();
      if (state.isCutOff && !this.#isBelievedOffline()) state.liveness.demandProof(now);
      if (state.liveness.isOver(now)) this.#fellSilent("The stream fell silent.");
    }
  }

  #attemptTookTooLong(restarts: boolean): void {
    if (restarts) this.#connect();
    else if (this.#isAskingForToken) this.lost({ message: "getToken did not settle in 15 s." });
    else this.#fellSilent("No answer in time.");
  }

  #fellSilent(message: string): void {
    this.#retry({ error: { kind: "silent", message }, isSoon: true });
  }

  #lookAtRenewal(): void {
    const { now } = this.#world;
    const renewal = this.#renewal;
    if (!renewal || now < renewal.dueAt) return;
    if (renewal.isUnderWay) {
      this.#actions.push({ kind: "abandonRenewal" });
      return renewal.renewed(0, now);
    }
    renewal.begin(now);
    this.#actions.push({ kind: "renew" });
  }

  #nextDeadline(): number {
    const state = this.#state;
    switch (state.kind) {
      case "idle":
      case "away":
        return Infinity;
      case "connecting":
        return state.deadline;
      case "waiting":
        return this.#obstacle() === "hidden" ? Infinity : Math.max(state.due, this.#offlineUntil);
      case "open": {
        const doubt = state.isCutOff && !state.liveness.isInDoubt ? this.#offlineUntil : Infinity;
        return Math.min(state.liveness.deadline, doubt, this.#renewal?.dueAt ?? Infinity);
      }
    }
  }

  get #isAskingForToken(): boolean {
    return this.#state.kind === "connecting" && this.#state.step === "token";
  }

  get #isWatched(): boolean {
    return this.#world.options.enableHeartbeat !== false;
  }

  // Ends

  #fail(error: ConnectionError): void {
    this.#halt({ connectionState: "error", attempts: this.#attempts, error });
  }

  #halt(state: Partial<Snapshot>): void {
    this.#abandon();
    this.#publish(state);
  }

  #abandon(): void {
    if (this.#state.kind === "connecting" || this.#state.kind === "open") this.#actions.push({ kind: "abandon" });
    this.#state = { kind: "idle" };
    this.#renewal = undefined;
    this.#connectionId = null;
  }

  #publishOpen(): void {
    const isCutOff = this.#state.kind === "open" && this.#state.isCutOff;
    if (!isCutOff) this.#publish({ connectionState: "open", isConnected: true, connectionId: this.#connectionId });
    else this.#publish({ connectionState: "connecting", waiting: this.#isBelievedOffline() ? "offline" : null });
  }

  #show(state: Partial<Snapshot>): void {
    this.#publish({ connectionState: "connecting", attempts: this.#attempts, ...this.#failure, ...state });
  }

  /** What the state does not name is as in a closed connection. */
  #publish(state: Partial<Snapshot>): void {
    this.#actions.push({ kind: "publish", snapshot: { ...closedSnapshot, ...state } });
  }
}
