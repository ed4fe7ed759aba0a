import { settle } from "./clock.mjs";

/** A hub inside the test: its `fetch` records each request and lets the test answer it, byte by byte if it likes. */
export class ScriptedHub {
  requests = [];
  /** Answers requests by itself, if set: `(request) => void`. */
  onRequest = undefined;

  fetch = (url, init = {}) =>
    new Promise((resolve, reject) => {
      const request = new ScriptedRequest(new URL(url), init, resolve, reject);
      this.requests.push(request);
      this.onRequest?.(request);
    });

  get last() {
    return this.requests.at(-1);
  }

  /** The streams that are open now. */
  get open() {
    return this.requests.filter((request) => request.isOpen);
  }
}

class ScriptedRequest {
  isOpen = false;
  #stream;

  constructor(url, init, resolve, reject) {
    Object.assign(this, { url, init, resolve, reject, headers: new Headers(init.headers) });
    init.signal?.addEventListener("abort", () => {
      const error = new DOMException("aborted", "AbortError");
      reject(error);
      this.#finish(() => this.#stream.error(error));
    });
  }

  get aborted() {
    return this.init.signal?.aborted ?? false;
  }

  answer(status, headers = {}, body = null, url = this.url.href) {
    const response = new Response(body, { status, headers });
    Object.defineProperty(response, "url", { value: url });
    this.resolve(response);
    return settle();
  }

  /** The response's head, and nothing more; `url`: where a redirect has led. */
  accept(headers = { "Content-Type": "text/event-stream; charset=utf-8" }, url = undefined) {
    const body = new ReadableStream({ start: (controller) => (this.#stream = controller) });
    this.isOpen = !this.aborted;
    return this.answer(200, headers, body, url);
  }

  /** The head, and `open` and `welcome` in one piece, as the hub sends them. */
  async welcome({ id = "e-0", retry = 3000, ...open } = {}) {
    if (!this.isOpen) await this.accept();
    const fields = { connectionId: "conn_0123456789abcdef", clientId: null, replay: "none", heartbeatInterval: 30000, tokenExpiresAt: null, ...open };
    const welcome = { message: "hi", timestamp: new Date(Date.now()).toISOString() };
    await this.send(
      `retry: ${retry}\nevent: open\ndata: ${JSON.stringify(fields)}\n\n` +
        `id: ${id}\nevent: welcome\ndata: ${JSON.stringify(welcome)}\n\n`,
    );
  }

  event(type, data, id) {
    return this.send(`${id === undefined ? "" : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  send(text) {
    if (this.isOpen) this.#stream.enqueue(typeof text === "string" ? new TextEncoder().encode(text) : text);
    return settle();
  }

  /** A clean end of the response. */
  end() {
    this.#finish(() => this.#stream.close());
    return settle();
  }

  /** The connection breaks. */
  cut() {
    this.reject(new TypeError("network error"));
    this.#finish(() => this.#stream.error(new TypeError("network error")));
    return settle();
  }

  #finish(act) {
    if (!this.isOpen) return;
    this.isOpen = false;
    act();
  }
}

/** A page whose visibility and network the test decides. */
export class FakePage {
  hidden = false;
  offline = false;
  watchers = new Set();
  isHidden = () => this.hidden;
  isOffline = () => this.offline;
  watch = (onSignal) => {
    const watcher = { onSignal };
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };
  signal(name) {
    for (const watcher of [...this.watchers]) watcher.onSignal(name);
    return settle();
  }
  wake = () => this.signal("woke");
  leave = () => this.signal("left");
  setOffline(offline) {
    this.offline = offline;
    return this.signal(offline ? "offline" : "online");
  }
}

/** A JWT whose signature nobody checks. */
export function jwt(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256" })}.${part(claims)}.x`;
}
