import { Attempt, Outcome } from "./attempt.js";
import { backoffDelay } from "./backoff.js";
import { browserPage, Page } from "./page.js";
import { closedSnapshot, ConnectionError, ConnectionOptions, Snapshot, Source, SourceOwner } from "./source.js";

/** A stream that lasted this many milliseconds was stable: the next failure counts as the first. */
const stableAfter = 60_000;

/**
 * - `idle`: not started, stopped, or ended for good;
 * - `trying`: an attempt is connecting or open;
 * - `waiting`: the next attempt is due at `retryAt`, or as soon as the page is visible and online;
 * - `away`: the page is in the back/forward cache.
 */
type Phase = "idle" | "trying" | "waiting" | "away";

/** Keeps one stream open: decides after each attempt whether, when and with which token to try again. */
export class Connection implements Source {
  /** Where the stream goes on after a reconnect. */
  lastEventId: string;

  readonly #options: () => ConnectionOptions;
  readonly #owner: SourceOwner;
  readonly #page: Page;
  #snapshot = closedSnapshot;
  #phase: Phase = "idle";
  #attempt: Attempt | undefined;
  #unwatch: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Not before this time (milliseconds since 1970), whatever the page does: the server asked for it. */
  #notBefore = 0;
  #attempts = 0;
  /** The server's `retry:`, in milliseconds. */
  #serverDelay: number | undefined;
  /** The next token must be a fresh one, or the last one already was. */
  #refresh = false;

  constructor(options: () => ConnectionOptions, owner: SourceOwner, lastEventId = "", page: Page = browserPage) {
    this.#options = options;
    this.#owner = owner;
    this.#page = page;
    this.lastEventId = lastEventId;
  }

  start(): void {
    if (this.#phase === "idle") this.reconnect();
  }

  stop(): void {
    this.#halt({});
  }

  reconnect(): void {
    this.#unwatch ??= this.#page.watch({ wake: () => this.#wake(), leave: () => this.#leave() });
    this.#attempts = 0;
    this.#refresh = false;
    this.#connect();
  }

  #connect(): void {
    this.#drop();
    this.#phase = "trying";
    this.#notBefore = 0;
    const attempt: Attempt = new Attempt(this.#options(), {
      onOpen: (connectionId) => this.#opened(connectionId),
      onEvent: (event) => {
        if (event.type !== "close") this.lastEventId = event.lastEventId;
        this.#owner.onEvent(event);
      },
      onPosition: (id) => (this.lastEventId = id),
      onRetry: (milliseconds) => (this.#serverDelay = milliseconds),
      onGap: () => this.#owner.onGap(),
      onProblem: (message, cause) => this.#owner.onProblem(message, cause),
      onEnd: (outcome) => this.#ended(attempt, outcome),
    });
    this.#attempt = attempt;
    this.#publish({ connectionState: "connecting", attempts: this.#attempts, error: this.#snapshot.error });
    if (this.#attempt === attempt) void attempt.run(this.lastEventId, this.#refresh);
  }

  #opened(connectionId: string | null): void {
    this.#refresh = false;
    this.#publish({ connectionState: "open", isConnected: true, connectionId });
  }

  #ended(attempt: Attempt, outcome: Outcome): void {
    if (attempt.openedAt !== null && performance.now() - attempt.openedAt >= stableAfter) this.#attempts = 0;
    switch (outcome.kind) {
      case "rejected":
        return this.#fail(outcome.error);
      case "unauthorized":
        if (this.#refresh || !this.#options().getToken) return this.#fail(outcome.error);
        this.#refresh = true;
        return this.#connect();
      case "wrongUser":
        return this.#connect();
      case "closed":
        if (!outcome.reconnect) return this.#halt({ closeReason: outcome.reason });
        this.#refresh = outcome.reason === "token-expired";
        return this.#retry(null, 0, this.#refresh, outcome.reason);
      case "lost":
        return this.#retry(outcome.error, outcome.retryAfter, outcome.error.kind === "silent");
    }
  }

  /** Waits for the next attempt; `soon`: without delay, if it is the first after a stable time. */
  #retry(error: ConnectionError | null, retryAfter: number, soon: boolean, closeReason: string | null = null): void {
    const { maxReconnectAttempts = Infinity, reconnectDelay = 3000 } = this.#options();
    if (this.#attempts >= maxReconnectAttempts) {
      return this.#fail(error ?? { kind: "network", message: `The hub closed the stream: ${closeReason}.` });
    }
    const backoff = soon && this.#attempts === 0 ? 0 : backoffDelay(this.#attempts, this.#serverDelay ?? reconnectDelay);
    this.#attempts += 1;
    this.#notBefore = Date.now() + retryAfter;
    this.#wait(Math.max(backoff, retryAfter), { error, closeReason });
  }

  #wait(delay: number, cause: Partial<Snapshot>): void {
    this.#drop();
    this.#phase = "waiting";
    this.#timer = setTimeout(() => this.#due(), delay);
    this.#publish({
      connectionState: "connecting",
      attempts: this.#attempts,
      retryAt: Date.now() + delay,
      waitingFor: this.#obstacle(),
      ...cause,
    });
  }

  #due(): void {
    const waitingFor = this.#obstacle();
    if (waitingFor) this.#publish({ ...this.#snapshot, waitingFor, retryAt: null });
    else this.#connect();
  }

  #obstacle(): Snapshot["waitingFor"] {
    return this.#page.isHidden() ? "visible" : this.#page.isOffline() ? "online" : null;
  }

  #wake(): void {
    if (this.#phase === "trying") return this.#attempt?.check();
    if (this.#phase === "idle" || this.#obstacle()) return;
    const early = this.#notBefore - Date.now();
    const { error, closeReason } = this.#snapshot;
    if (early > 0) this.#wait(early, { error, closeReason });
    else this.#connect();
  }

  /** An open stream would keep the page out of the back/forward cache, or come out of it dead. */
  #leave(): void {
    if (this.#phase === "idle") return;
    this.#drop();
    this.#phase = "away";
    this.#publish({ connectionState: "connecting", waitingFor: "visible" });
  }

  #fail(error: ConnectionError): void {
    this.#halt({ connectionState: "error", attempts: this.#attempts, error });
  }

  #halt(state: Partial<Snapshot>): void {
    this.#drop();
    this.#phase = "idle";
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#publish(state);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#attempt?.cancel();
    this.#attempt = undefined;
  }

  /** What the state does not name is as in a closed connection. */
  #publish(state: Partial<Snapshot>): void {
    this.#snapshot = { ...closedSnapshot, ...state };
    this.#owner.onSnapshot(this.#snapshot);
  }
}
