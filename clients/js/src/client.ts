import { tabClientId } from "./client-id.js";
import { Connection } from "./connection.js";
import { Dispatcher, safely } from "./dispatcher.js";
import type { EventHandler, PushEvent } from "./event.js";
import { userOfToken } from "./identity.js";
import { closedSnapshot, ConnectionOptions, Snapshot, Source, SourceFactory, Token } from "./source.js";

export interface ClientOptions extends ConnectionOptions {
  /** `console.debug` of each event. Default false here, true in the React hook. */
  logEvents?: boolean;
  /** Events were lost that the hub no longer has: reload what they would have told. */
  onGap?: () => void;
  /** Something went wrong that the connection survives. Default: `console.warn`. */
  onProblem?: (message: string, cause?: unknown) => void;
}

/** A change of one of these is another stream; a default left out is the default spelled out (undefined becomes null). */
export function identity({ url, user, clientId, shareAcrossTabs }: ClientOptions): string {
  return JSON.stringify([url || null, user?.toString(), clientId, !!shareAcrossTabs]);
}

/**
 * A client of one stream: its state, and subscriptions to its events, which outlive every reconnect.
 *
 * It does nothing before `connect`. All methods may be passed around on their own.
 */
export class PushHubClient {
  readonly #dispatcher = new Dispatcher();
  readonly #stateListeners = new Set<() => void>();
  readonly #eventListeners = new Set<() => void>();
  readonly #makeSource: SourceFactory;
  #options: ClientOptions;
  #source: Source | undefined;
  #snapshot = closedSnapshot;
  #lastEvent: PushEvent | null = null;
  /** The `lastEventId` that a stream has begun with. */
  #begunAt: string | undefined;
  /** The user whom the last token named. */
  #tokenUser: string | undefined;

  constructor(options: ClientOptions = {}, makeSource: SourceFactory = (...given) => new Connection(...given)) {
    this.#options = options;
    this.#makeSource = makeSource;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }
  get connectionState(): Snapshot["connectionState"] {
    return this.#snapshot.connectionState;
  }
  get waiting(): Snapshot["waiting"] {
    return this.#snapshot.waiting;
  }
  get isConnected(): boolean {
    return this.#snapshot.isConnected;
  }
  get connectionId(): string | null {
    return this.#snapshot.connectionId;
  }
  get lastEvent(): PushEvent | null {
    return this.#lastEvent;
  }
  get clientId(): string {
    return this.#options.clientId ?? tabClientId();
  }

  /** Calls the handler with each event of the type; `"*"` is every type. Returns how to stop that. */
  readonly subscribe = (type: string, handler: EventHandler): (() => void) => this.#dispatcher.subscribe(type, handler);

  readonly unsubscribe = (type: string, handler: EventHandler): void => this.#dispatcher.unsubscribe(type, handler);

  /** Calls the handler with the next event of the type, and with no other. */
  readonly once = (type: string, handler: EventHandler): (() => void) => this.#dispatcher.once(type, handler);

  /** Connects, unless it is connecting or connected already, or there is no URL. */
  readonly connect = (): void => {
    if (!this.#options.url) return;
    this.source().start();
  };

  /** Connects anew at once and resumes from the last position. */
  readonly reconnect = (): void => {
    if (this.#source) this.#source.reconnect();
    else this.connect();
  };

  /** Ends the stream; `connect` or `reconnect` resume it. */
  readonly disconnect = (): void => this.#source?.stop();

  /** Calls back after each change of `snapshot`. */
  readonly onStateChange = (listener: () => void): (() => void) => add(this.#stateListeners, listener);

  /** Calls back after each event, when `lastEvent` has changed. */
  readonly onAnyEvent = (listener: () => void): (() => void) => add(this.#eventListeners, listener);

  /**
   * Replaces the options. Another `url`, `user`, `clientId` or `shareAcrossTabs` ends the stream and forgets its position
   * and the kept events; subscriptions stay, and `connect` begins the new one. The rest holds from the next attempt on.
   */
  readonly configure = (options: ClientOptions): void => {
    const before = this.#options;
    this.#options = options;
    this.#source?.configured?.();
    if (identity(before) === identity(options)) return;
    this.#source?.stop();
    this.#source = this.#tokenUser = undefined;
    this.#forget();
  };

  /** Where the events come from; made where there is none yet. */
  protected source(): Source {
    return (this.#source ??= this.#newSource());
  }

  #newSource(): Source {
    // A source that was replaced may still call back once; nothing of it reaches the new stream's handlers.
    const isCurrent = () => this.#source === source;
    // Where to begin is said once, not for each stream that comes after the first.
    const lastEventId = this.#options.lastEventId === this.#begunAt ? undefined : this.#options.lastEventId;
    this.#begunAt = this.#options.lastEventId;
    const options = () => ({ ...this.#options, clientId: this.clientId, lastEventId });
    const source: Source = this.#makeSource(options, {
      onEvent: (event) => isCurrent() && this.#receive(event),
      onSnapshot: (snapshot) => isCurrent() && this.#publish(snapshot),
      onGap: () => isCurrent() && safely(() => this.#options.onGap?.()),
      onProblem: (message, cause) => safely(this.#options.onProblem ?? console.warn, message, cause),
      isOtherUser: (token) => isCurrent() && this.#isOtherUser(token),
    });
    return source;
  }

  /** Whether a token is another user's than the last; nothing of that one is handed out any more. */
  #isOtherUser(token: Token): boolean {
    const before = this.#tokenUser;
    this.#tokenUser = userOfToken(token) ?? before;
    if (before === undefined || this.#tokenUser === before) return false;
    this.#forget();
    return true;
  }

  #forget(): void {
    this.#dispatcher.forget();
    this.#setLastEvent(null);
  }

  #receive(event: PushEvent): void {
    if (this.#options.logEvents) console.debug("pushhub:", event.type, event.data);
    this.#dispatcher.dispatch(event);
    this.#setLastEvent(event);
  }

  #setLastEvent(event: PushEvent | null): void {
    this.#lastEvent = event;
    this.#eventListeners.forEach((listener) => safely(listener));
  }

  #publish(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#stateListeners.forEach((listener) => safely(listener));
  }
}

function add<Item>(set: Set<Item>, item: Item): () => void {
  set.add(item);
  return () => set.delete(item);
}
