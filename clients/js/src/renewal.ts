import { maxDelay } from "./backoff.js";
import type { Token } from "./source.js";

/** How long before its end a token is renewed, in milliseconds: long enough for a hidden tab's slow timers. */
const margin = 90_000;
const secondTry = 10_000;
const failure = "The token could not be renewed.";

export interface RenewalTask {
  /** `POST` address: `…/connections/:connectionId/renew`. */
  url: URL;
  /** When the token ends and what time it is, both by the server's clock, in milliseconds since 1970. */
  expiresAt: number;
  now: number;
  getToken: (request: { refresh: boolean }) => Token | Promise<Token>;
  fetch: typeof fetch;
  /** The new token is another user's: this stream must not go on. */
  onForbidden(): void;
  onProblem(message: string, cause?: unknown): void;
}

/** Renews the token of an open stream shortly before it expires, again and again, until stopped. */
export class TokenRenewal {
  readonly #task: RenewalTask;
  readonly #clockOffset: number;
  #expiresAt: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #abort = new AbortController();

  constructor(task: RenewalTask) {
    this.#task = task;
    this.#expiresAt = task.expiresAt;
    this.#clockOffset = task.now - Date.now();
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  #remaining(): number {
    return this.#expiresAt - Date.now() - this.#clockOffset;
  }

  #schedule(): void {
    const remaining = this.#remaining();
    this.#wait(remaining - Math.min(margin, remaining / 4));
  }

  #wait(delay: number): void {
    // A long-lived token's timer would overflow: wait a day and look again.
    this.#timer = setTimeout(() => (delay > maxDelay ? this.#schedule() : void this.#renew()), Math.min(delay, maxDelay));
  }

  async #renew(): Promise<void> {
    const { url, getToken, fetch, onForbidden, onProblem } = this.#task;
    const { signal } = this.#abort;
    try {
      const token = await getToken({ refresh: true });
      if (signal.aborted || !token) return;
      const response = await fetch(url, { method: "POST", headers: { Authorization: `Bearer ${token}` }, signal });
      if (response.status === 403) return onForbidden();
      if (response.status < 500 && response.status !== 429) {
        // Refused, or not known any more: the stream ends when its token does, and the reconnect sorts it out.
        if (!response.ok) return onProblem(failure, response.status);
        const expiry = ((await response.json()) as { tokenExpiresAt?: string | null }).tokenExpiresAt;
        if (signal.aborted || !expiry) return;
        this.#expiresAt = Date.parse(expiry);
        if (this.#remaining() > secondTry / 10) this.#schedule();
        return;
      }
    } catch (error) {
      if (signal.aborted) return;
      onProblem(failure, error);
    }
    if (this.#remaining() > secondTry) this.#wait(secondTry);
  }
}
