import type { PushEvent } from "./event.js";

/** An event larger than this many UTF-16 units is left out: what a server sends must not fill the page's memory. */
export const maxEventLength = 16 * 1024 * 1024;

export interface ParserHandlers {
  onEvent(event: PushEvent): void;
  /** The server set the reconnection time, in milliseconds. */
  onRetry?(milliseconds: number): void;
  /** An event was left out because it was larger than `maxEventLength`. */
  onOversize?(): void;
}

/**
 * Turns the bytes of an event stream into events, by the letter of WHATWG HTML, section 9.2.6 "Interpreting an event
 * stream", however the bytes are cut into chunks, in time linear in their number.
 *
 * One parser reads one response. `lastEventId` moves only at the blank line that ends an event, so that an event cut off
 * before it is asked for again.
 */
export class EventStreamParser {
  /** The position to resume from; given to the constructor, it carries over from the response before. */
  lastEventId: string;

  readonly #handlers: ParserHandlers;
  readonly #maxLength: number;
  /** It drops a byte order mark at the beginning, as the standard wants it. */
  readonly #decoder = new TextDecoder();
  #isMidEvent = false;
  /** The last chunk ended in CR: an LF at the start of the next belongs to that line end. */
  #afterCarriageReturn = false;
  /** The beginning of a line whose end has not come yet. It is appended to and never searched again. */
  #line = "";
  #data: string[] = [];
  #length = 0;
  #type = "";
  #topic = "";
  #id: string;
  #oversize = false;

  constructor(handlers: ParserHandlers, lastEventId = "", maxLength = maxEventLength) {
    this.#handlers = handlers;
    this.lastEventId = this.#id = lastEventId;
    this.#maxLength = maxLength;
  }

  /** Whether the bytes so far end within an event (or within a line); comments alone are none. */
  get isMidEvent(): boolean {
    return this.#isMidEvent || this.#line !== "";
  }

  push(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text === "") return;
    let start = 0;
    if (this.#afterCarriageReturn) {
      this.#afterCarriageReturn = false;
      if (text.charCodeAt(0) === 10) start = 1;
    }
    // Each search result is kept until it is passed: text with only one kind of line end is not searched twice.
    let lf = text.indexOf("\n", start);
    let cr = text.indexOf("\r", start);
    while (lf !== -1 || cr !== -1) {
      const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr;
      this.#endLine(text.slice(start, end));
      start = end + 1;
      if (end === cr) {
        if (start === text.length) this.#afterCarriageReturn = true;
        else if (lf === start) start += 1;
        cr = text.indexOf("\r", start);
      }
      if (lf !== -1 && lf < start) lf = text.indexOf("\n", start);
    }
    this.#append(text.slice(start));
  }

  #append(rest: string): void {
    if (this.#length + this.#line.length + rest.length <= this.#maxLength) this.#line += rest;
    else this.#dropEvent();
  }

  /** Lets go of what the event holds so far; the rest of it is read, for its id, and not kept. */
  #dropEvent(): void {
    this.#oversize = true;
    this.#data = [];
    this.#length = 0;
    this.#line = ":";
  }

  #endLine(rest: string): void {
    this.#append(rest);
    const line = this.#line;
    this.#line = "";
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return;
    this.#isMidEvent = true;
    if (colon === -1) return this.#field(line, "");
    this.#field(line.slice(0, colon), line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1));
  }

  #field(name: string, value: string): void {
    if (name === "data") {
      if (this.#oversize) return;
      this.#data.push(value);
      this.#length += value.length + 1;
    } else if (name === "event") {
      this.#type = value;
    } else if (name === "id") {
      if (!value.includes("\0")) this.#id = value;
    } else if (name === "topic") {
      // pushhub's own; to the standard it is a field like any that it does not know.
      this.#topic = value;
    } else if (name === "retry") {
      if (/^[0-9]+$/.test(value)) this.#handlers.onRetry?.(Number(value));
    }
  }

  #dispatch(): void {
    const type = this.#type || "message";
    const data = this.#data;
    const topic = this.#topic;
    const oversize = this.#oversize;
    this.#isMidEvent = false;
    this.#type = "";
    this.#topic = "";
    this.#data = [];
    this.#length = 0;
    this.#oversize = false;
    this.lastEventId = this.#id;
    if (oversize) this.#handlers.onOversize?.();
    else if (data.length > 0) {
      const event = { type, data: data.join("\n"), lastEventId: this.#id };
      this.#handlers.onEvent(topic ? { ...event, topic } : event);
    }
  }
}
