import { retryAfter } from "./backoff.js";
import type { ConnectionMachine } from "./connection-machine.js";
import type { ConnectionAction, ConnectionInput } from "./connection-messages.js";
import { fieldsOf, PushEvent } from "./event.js";
import { EventStreamParser } from "./parser.js";
import { addressOf, send } from "./request.js";
import type { ConnectionOptions, SourceOwner, Token } from "./source.js";
import type { OpenStream } from "./topics.js";

/** One stream, from its token to its end: does what the machine decides, and tells it what came of that. */
export class Attempt implements OpenStream {
  readonly #options: ConnectionOptions;
  readonly #owner: SourceOwner;
  readonly #machine: ConnectionMachine;
  readonly #onReport: (input: ConnectionInput) => void;
  readonly #abort = new AbortController();
  #renewal: AbortController | undefined;
  /** Where the stream came from in the end: a redirect may have moved it. */
  #url = "";
  #connectionId: string | null = null;
  #tokenExpiresAt = NaN;
  #hadEvent = false;

  constructor(
    options: ConnectionOptions,
    owner: SourceOwner,
    machine: ConnectionMachine,
    onReport: (input: ConnectionInput) => void,
  ) {
    this.#options = options;
    this.#owner = owner;
    this.#machine = machine;
    this.#onReport = onReport;
  }

  /** Aborted when the stream is over. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  abandon(): void {
    this.abandonRenewal();
    this.#abort.abort();
    this.#owner.topics?.end();
  }

  abandonRenewal(): void {
    this.#renewal?.abort();
  }

  async run({ refresh, token }: ConnectionAction & { kind: "authorize" }): Promise<void> {
    try {
      token ??= await this.#options.getToken?.({ refresh });
      if (this.#isOver) return;
      this.#report({ kind: "authorized", isOtherUser: this.#isOtherUser(token, refresh) });
      if (!this.#isOver) await this.#request(token, this.#machine.lastEventId);
    } catch (error) {
      this.#report({ kind: "lost", message: String(error) });
    }
  }

  async #request(token: Token, lastEventId: string): Promise<void> {
    const { url: given, clientId } = this.#options;
    const url = addressOf(given);
    if (!url) return this.#report({ kind: "impossible", message: `Not an address: ${given}` });
    if (clientId && !url.searchParams.has("clientId")) url.searchParams.set("clientId", clientId);
    this.#owner.topics?.ask(this, url.searchParams, lastEventId);
    const { signal } = this;
    const response = await send({ method: "GET", url, token, signal, lastEventId }, this.#options);
    if (this.#isOver) return;
    this.#url = response.url || url.href;
    const refusal = await this.#refusal(response);
    if (this.#isOver) return;
    this.#report(refusal ?? { kind: "accepted" });
    if (!refusal) await this.#read(response, lastEventId);
  }

  /** Sends a fresh token for the stream that is open. */
  async renew(): Promise<void> {
    const { signal } = (this.#renewal = new AbortController());
    try {
      const token = await this.#options.getToken?.({ refresh: true });
      if (signal.aborted) return;
      if (!token) return this.#report({ kind: "renewed", life: NaN });
      if (this.#isOtherUser(token, true)) return this.#report({ kind: "wrongUser", isKnown: true });
      const response = await send({ method: "POST", url: this.address("renew"), token, signal }, this.#options);
      const { tokenExpiresAt } = (response.ok ? await response.json() : {}) as Record<string, unknown>;
      if (!signal.aborted) this.#renewed(response, Date.parse(String(tokenExpiresAt)));
    } catch (error) {
      if (!signal.aborted) this.#notRenewed(0, error);
    }
  }

  /** Where to say something about the open stream. */
  address(what: string): URL {
    return new URL(`../connections/${encodeURIComponent(this.#connectionId ?? "")}/${what}`, this.#url);
  }

  #renewed({ ok, status }: Response, endsAt: number): void {
    if (ok) {
      this.#report({ kind: "renewed", life: endsAt - this.#tokenExpiresAt });
      this.#tokenExpiresAt = endsAt;
    } else if (status === 403) {
      // Another user's token, as far as anybody can tell.
      this.#report({ kind: "wrongUser", isKnown: false });
    } else {
      // Refused for good, the stream ends when its token does, and the reconnect sorts it out.
      this.#notRenewed(status < 500 && status !== 429 ? NaN : 0, status);
    }
  }

  #notRenewed(life: number, cause: unknown): void {
    this.#report({ kind: "renewed", life });
    this.#owner.onProblem("The token could not be renewed.", cause);
  }

  #isOtherUser(token: Token, isRefreshed: boolean): boolean {
    return !!this.#owner.isOtherUser?.(token, isRefreshed);
  }

  get #isOver(): boolean {
    return this.signal.aborted;
  }

  /** What the response's head says against reading it, if anything. */
  async #refusal(response: Response): Promise<ConnectionInput | undefined> {
    const { status, headers } = response;
    const type = headers.get("Content-Type") ?? "";
    if (status === 200 && /^text\/event-stream\s*(;|$)/i.test(type)) return undefined;
    let retry: boolean | undefined;
    try {
      if (![204, 401, 403].includes(status)) retry = this.#options.shouldRetry?.(response);
    } catch (error) {
      this.#owner.onProblem("shouldRetry failed.", error);
    }
    // What the hub itself says (RFC 9457).
    const detail = type === "application/problem+json" && (await response.json()).detail;
    return {
      kind: "refused",
      status,
      message: detail || `HTTP status ${status}, content type "${type}"`,
      retryAfter: retryAfter(headers.get("Retry-After") ?? "", Date.now(), Math.random()),
      retry,
    };
  }

  async #read(response: Response, lastEventId: string): Promise<void> {
    const parser = new EventStreamParser(
      {
        onEvent: (event) => this.receive(event),
        onRetry: (milliseconds) => this.#report({ kind: "retryTime", milliseconds }),
        onOversize: () => this.#owner.onProblem("An event was too large and is left out."),
      },
      lastEventId,
    );
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return this.#report({ kind: "lost", message: "The stream ended." });
      parser.push(value);
      if (this.#isOver) return;
      if (!this.#owner.topics?.isHolding) this.#machine.lastEventId = parser.lastEventId;
      this.#report({ kind: "bytes", isMidEvent: parser.isMidEvent });
    }
  }

  receive(event: PushEvent): void {
    if (this.#isOver || this.#owner.topics?.receive(event)) return;
    const { type } = event;
    const fields = /^(open|welcome|close)$/.test(type) ? fieldsOf(event) : {};
    if (type === "open") this.#hubOpened(fields);
    else if (!this.#hadEvent) this.#hubOpened({});
    this.#hadEvent = true;
    if (type === "welcome") this.#welcomed(fields);
    if (this.#isOver) return;
    if (type !== "close") this.#machine.lastEventId = event.lastEventId;
    this.#owner.onEvent(event);
    if (type !== "close") return;
    const { reason, reconnect } = fields;
    this.#report({ kind: "closed", reason: typeof reason === "string" ? reason : null, reconnect: reconnect !== false });
  }

  #hubOpened({ connectionId, heartbeatInterval, tokenExpiresAt, replay }: Record<string, unknown>): void {
    this.#connectionId = typeof connectionId === "string" ? connectionId : null;
    this.#tokenExpiresAt = Date.parse(String(tokenExpiresAt));
    this.#report({
      kind: "opened",
      connectionId: this.#connectionId,
      heartbeatInterval: Number(heartbeatInterval) || 0,
    });
    if (replay === "gap" && !this.#isOver) this.#owner.onGap();
  }

  /** `welcome` tells the server's time, against which the token's end is measured. */
  #welcomed({ timestamp }: Record<string, unknown>): void {
    const life = this.#tokenExpiresAt - Date.parse(String(timestamp));
    if (this.#connectionId !== null && life > 0) this.#report({ kind: "tokenEnds", life });
  }

  #report(input: ConnectionInput): void {
    if (!this.#isOver) this.#onReport(input);
  }
}
