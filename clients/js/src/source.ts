import type { PushEvent } from "./event.js";
import type { Topics } from "./topics.js";

export type ConnectionState = "connecting" | "open" | "closed" | "error";

/** Why there is no stream: the last attempt's failure. */
export interface ConnectionError {
  /**
   * `network`: no answer, or the stream was cut; `silent`: no byte for 2.5 heartbeats, or no answer in 15 seconds;
   * `token`: `getToken` failed; `unauthorized`: the token was refused, a fresh one too; `http`: another refusal; `content-type`: not an event stream.
   */
  readonly kind: "network" | "silent" | "token" | "unauthorized" | "http" | "content-type";
  readonly message: string;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
}

/** The state of a connection. Never changed in place: another state is another object. */
export interface Snapshot {
  readonly connectionState: ConnectionState;
  readonly isConnected: boolean;
  readonly connectionId: string | null;
  /** Consecutive failures; 0 again after a stream that lasted 5 seconds. */
  readonly attempts: number;
  /** When the next attempt is due (milliseconds since 1970), while one is waited for. */
  readonly retryAt: number | null;
  /** What is waited for while `connecting`: the back-off's time, the page to be visible, the network. */
  readonly waiting: "backoff" | "hidden" | "offline" | null;
  readonly error: ConnectionError | null;
  /** The reason in the hub's last `close` event. */
  readonly closeReason: string | null;
}

export const closedSnapshot: Snapshot = {
  connectionState: "closed",
  isConnected: false,
  connectionId: null,
  attempts: 0,
  retryAt: null,
  waiting: null,
  error: null,
  closeReason: null,
};

/** What a source of events tells its owner. */
export interface SourceOwner {
  onEvent(event: PushEvent): void;
  onSnapshot(snapshot: Snapshot): void;
  /** Events were lost that the hub no longer has: the application reloads its state. */
  onGap(): void;
  /** Something went wrong that the connection survives: an event too large, a failed renewal. */
  onProblem(message: string, cause?: unknown): void;
  /**
   * A token is about to be used. True if it is another user's than the last: nothing of the stream before counts, not
   * its position either.
   */
  isOtherUser?(token: Token, isRefreshed: boolean): boolean;
  /** What its streams are to follow. */
  readonly topics?: Topics;
}

/** What the hub says when topics are added to an open stream. */
export interface AddedTopics {
  /** The place in the stream: what comes after it comes, what came up to it does not. */
  readonly position: string;
  /** The last values of what was added, as they were at that place, in the order of their ids. */
  readonly values: readonly PushEvent[];
}

/** Follows named topics over all streams of a source. */
export interface TopicControl {
  add(names: readonly string[]): Promise<AddedTopics>;
  remove(names: readonly string[]): unknown;
  /** Forgets what was followed for another user. */
  restart(names: readonly string[]): void;
}

/** Where a client's events come from: its own connection, or one that the browser's tabs share. */
export interface Source {
  start(): void;
  stop(): void;
  /** Connects anew at once, from the last position, whatever the state. */
  reconnect(): void;
  /** There are other options. */
  configured?(): void;
}

/** The options of a connection; every layer above takes them too. */
export interface ConnectionOptions {
  /** The address of the stream, absolute or relative to the page. While it is null (or empty) nothing happens. */
  url?: string | null;
  /**
   * Returns the token to send, or nothing to send none (a cookie may do). It is asked before each attempt; with
   * `refresh` when the hub has refused the last token, or when that is about to expire.
   */
  getToken?: ((request: { refresh: boolean }) => Token | Promise<Token>) | null;
  /** Names this client in the hub's lists; `null`: one is made and kept per tab. */
  clientId?: string | null;
  /** The first reconnect's delay in milliseconds; the server's `retry:` replaces it. Default 3000. */
  reconnectDelay?: number;
  /** After so many failures in a row the state is `error` and stays so. Default `Infinity`. */
  maxReconnectAttempts?: number;
  /** Replace a connection that was silent for 2.5 heartbeat intervals. Default true. */
  enableHeartbeat?: boolean;
  /** Send cookies to another origin too (`credentials: "include"`). Default false. */
  withCredentials?: boolean;
  /** Keep trying to connect while the page is hidden. Default false: it waits, and connects when it is visible again. */
  whileHidden?: boolean;
  /** Where to begin: the id of the last event the application has had. Default: with what comes next. */
  lastEventId?: string;
  /** The named topics to follow. Those that the token does not grant are refused. */
  topics?: readonly string[];
  /**
   * A stream has begun with these last values (they came as events, too), or another list of `topics` has brought them.
   * `createClient` alone knows of topics and values.
   */
  onSnapshot?: (values: readonly PushEvent[]) => void;
  /** Begin with all that the hub still has, rather than with what comes next. An id wins over it. */
  from?: "start";
  /** Where events were lost: `skip` what the hub still has, but for the last values. */
  gap?: "skip";
  /** Header fields that go along with each request, the renewal of the token too. */
  headers?: Readonly<Record<string, string>>;
  /** Sees each request before it is sent, and may change its headers and address. */
  onRequest?: (request: OutgoingRequest) => void | Promise<void>;
  /**
   * Decides about an answer that is no event stream: true tries again, false ends in `error`, undefined leaves it to the
   * client. Not asked about 204, 401 and 403.
   */
  shouldRetry?: (response: Response) => boolean | undefined;
  /** Used instead of the global `fetch`. */
  fetch?: typeof fetch;
  /** Who is logged in. When it changes, nothing of the user before is delivered any more and the stream begins anew. */
  user?: string | number | null;
  /** One stream for all tabs of this browser in which the same user has the same `url` open. Default false. */
  shareAcrossTabs?: boolean;
}

/** A request as `onRequest` sees it. */
export interface OutgoingRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Headers;
}

/** Makes a source of events; it reads the options anew at each attempt. */
export type SourceFactory = (options: () => ConnectionOptions, owner: SourceOwner) => Source;

export type Token = string | null | undefined;
