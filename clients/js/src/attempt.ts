import { retryAfter } from "./backoff.js";
import { fieldsOf, PushEvent } from "./event.js";
import { EventStreamParser } from "./parser.js";
import { TokenRenewal } from "./renewal.js";
import type { ConnectionError, ConnectionOptions } from "./source.js";
import { Watchdog } from "./watchdog.js";

/** From the request to the first byte, in milliseconds: the hub sends `open` at once. */
const connectTimeout = 15_000;
/** So many heartbeat intervals without a byte, and the connection is taken for dead. */
const heartbeatTolerance = 2.5;

/** How one attempt ended, seen from the connection that decides what comes next. */
export type Outcome =
  | { kind: "lost"; error: ConnectionError; retryAfter: number }
  | { kind: "unauthorized"; error: ConnectionError }
  | { kind: "rejected"; error: ConnectionError }
  /** By a `close` event, or (without a reason) by status 204. */
  | { kind: "closed"; reason: string | null; reconnect: boolean }
  | { kind: "wrongUser" };

export interface AttemptHandlers {
  /** The first bytes are there; `connectionId` is null if the server is not a pushhub. */
  onOpen(connectionId: string | null): void;
  onEvent(event: PushEvent): void;
  onPosition(lastEventId: string): void;
  onRetry(milliseconds: number): void;
  onGap(): void;
  onProblem(message: string, cause?: unknown): void;
  /** Called once and last; never after `cancel`. */
  onEnd(outcome: Outcome): void;
}

/** One request for the stream, from the token to the end. After `cancel` it calls nobody. */
export class Attempt {
  /** Milliseconds on the steady clock when the stream opened; null before. */
  openedAt: number | null = null;

  readonly #options: ConnectionOptions;
  readonly #handlers: AttemptHandlers;
  readonly #abort = new AbortController();
  #watchdog: Watchdog | undefined;
  #renewal: TokenRenewal | undefined;
  #url: URL | undefined;
  #connectionId: string | null = null;
  #tokenExpiresAt = NaN;
  #closed: Outcome | undefined;

  constructor(options: ConnectionOptions, handlers: AttemptHandlers) {
    this.#options = options;
    this.#handlers = handlers;
  }

  cancel(): void {
    this.#watchdog?.stop();
    this.#renewal?.stop();
    this.#abort.abort();
  }

  /** The page woke up: is the stream still alive? */
  check(): void {
    this.#watchdog?.check();
  }

  async run(lastEventId: string, refresh: boolean): Promise<void> {
    let response: Response;
    try {
      const request = await this.#request(lastEventId, refresh);
      if (!request) return;
      this.#watchdog = new Watchdog(connectTimeout, () => this.#lose("silent", "No answer in time."));
      response = await (this.#options.fetch ?? fetch)(this.#url as URL, request);
    } catch (error) {
      return this.#lose("network", String(error));
    }
    if (this.#abort.signal.aborted) return;
    const refusal = this.#refusal(response);
    if (refusal) return this.#end(refusal);
    await this.#read(response, lastEventId);
  }

  async #request(lastEventId: string, refresh: boolean): Promise<RequestInit | undefined> {
    const { url, clientId, getToken, withCredentials } = this.#options;
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    try {
      this.#url = new URL(url ?? "", globalThis.document?.baseURI ?? globalThis.location?.href);
    } catch {
      return void this.#end({ kind: "rejected", error: { kind: "http", message: `Not an address: ${url}` } });
    }
    if (clientId && !this.#url.searchParams.has("clientId")) this.#url.searchParams.set("clientId", clientId);
    try {
      const token = await getToken?.({ refresh });
      if (token) headers.Authorization = `Bearer ${token}`;
    } catch (error) {
      return void this.#lose("token", String(error));
    }
    if (this.#abort.signal.aborted) return undefined;
    if (lastEventId) headers["Last-Event-ID"] = byteString(lastEventId);
    return {
      headers,
      signal: this.#abort.signal,
      cache: "no-store",
      credentials: withCredentials ? "include" : "same-origin",
    };
  }

  /** What the response's head says against reading it, if anything. */
  #refusal(response: Response): Outcome | undefined {
    const { status, headers } = response;
    const type = headers.get("Content-Type") ?? "";
    if (status === 200 && /^\s*text\/event-stream\s*(;|$)/i.test(type)) return undefined;
    if (status === 204) return { kind: "closed", reason: null, reconnect: false };
    const unauthorized = status === 401 || status === 403;
    const error: ConnectionError = {
      kind: unauthorized ? "unauthorized" : status === 200 ? "content-type" : "http",
      message: `HTTP status ${status}, content type "${type}"`,
      status,
    };
    if (unauthorized) return { kind: "unauthorized", error };
    if (status < 500 && ![408, 425, 429].includes(status)) return { kind: "rejected", error };
    return { kind: "lost", error, retryAfter: retryAfter(headers.get("Retry-After") ?? "") };
  }

  async #read(response: Response, lastEventId: string): Promise<void> {
    const parser = new EventStreamParser(
      {
        onEvent: (event) => this.#receive(event),
        onRetry: this.#handlers.onRetry,
        onOversize: () => this.#handlers.onProblem("An event was too large and is left out."),
      },
      lastEventId,
    );
    const { signal } = this.#abort;
    try {
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (signal.aborted) return;
        if (done) break;
        this.#watchdog?.heard();
        parser.push(value);
        if (signal.aborted) return;
        if (this.#closed) return this.#end(this.#closed);
        this.#opened();
        this.#handlers.onPosition(parser.lastEventId);
      }
      this.#lose("network", "The stream ended.");
    } catch (error) {
      this.#lose("network", String(error));
    }
  }

  #opened(): void {
    if (this.openedAt !== null) return;
    this.openedAt = performance.now();
    // The limit for the first byte is over; a hub that announced its heartbeat has set another one by now.
    if (this.#connectionId === null) this.#watchdog?.setLimit(Infinity);
    this.#handlers.onOpen(this.#connectionId);
  }

  #receive(event: PushEvent): void {
    if (this.#abort.signal.aborted || this.#closed) return;
    const { type } = event;
    if (type === "open") this.#hubOpened(fieldsOf(event));
    else this.#opened();
    if (type === "welcome") this.#welcomed(fieldsOf(event));
    if (type === "close") {
      const { reason, reconnect } = fieldsOf(event);
      this.#closed = { kind: "closed", reason: String(reason), reconnect: reconnect !== false };
    }
    this.#handlers.onEvent(event);
  }

  #hubOpened({ connectionId, heartbeatInterval, tokenExpiresAt, replay }: Record<string, unknown>): void {
    this.#connectionId = typeof connectionId === "string" ? connectionId : null;
    this.#tokenExpiresAt = Date.parse(String(tokenExpiresAt));
    const announced = this.#options.enableHeartbeat !== false && Number(heartbeatInterval) > 0;
    this.#watchdog?.setLimit(announced ? Number(heartbeatInterval) * heartbeatTolerance : Infinity);
    this.#opened();
    if (replay === "gap") this.#handlers.onGap();
  }

  /** `welcome` tells the server's time, against which the token's end is measured. */
  #welcomed({ timestamp }: Record<string, unknown>): void {
    const now = Date.parse(String(timestamp));
    const { getToken } = this.#options;
    if (!getToken || !this.#connectionId || !(this.#tokenExpiresAt > now)) return;
    this.#renewal?.stop();
    this.#renewal = new TokenRenewal({
      url: new URL(`../connections/${encodeURIComponent(this.#connectionId)}/renew`, this.#url),
      expiresAt: this.#tokenExpiresAt,
      now,
      getToken,
      fetch: this.#options.fetch ?? fetch,
      onForbidden: () => this.#end({ kind: "wrongUser" }),
      onProblem: this.#handlers.onProblem,
    });
  }

  #lose(kind: ConnectionError["kind"], message: string): void {
    this.#end({ kind: "lost", error: { kind, message }, retryAfter: 0 });
  }

  #end(outcome: Outcome): void {
    if (this.#abort.signal.aborted) return;
    this.cancel();
    this.#handlers.onEnd(outcome);
  }
}

/** A header's value is bytes: the id goes out as the UTF-8 it came in as (fetch refuses other characters). */
function byteString(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
