import { growingGap } from "./backoff.js";
import { fieldsOf, PushEvent } from "./event.js";
import { isAfter } from "./position.js";
import { isPassing, send } from "./request.js";
import type { AddedTopics, ConnectionOptions, TopicControl } from "./source.js";

/** So many are put into a stream's address, and followed by the tabs of one stream. */
export const maxTopics = 64;

/** Events kept back until the values are there that belong before them. */
const maxHeld = 10_000;
/** A hub that does not know the stream has lost it, and its end is still to come; or it knows nothing of topics. */
const maxUnknown = 3;

/** Why topics were not added. */
export class TopicError extends Error {
  override name = "TopicError";

  constructor(
    message: string,
    /** The HTTP status; 0 where the hub was not asked. */
    readonly status: number = 0,
    /** The hub's code: `topic-not-granted`, `bad-topic`, `too-many-topics`. */
    readonly code?: string | undefined,
  ) {
    super(message);
  }
}

/** The same, as tabs tell it to each other. */
export type Refusal = Pick<TopicError, "message" | "status" | "code">;

/** What is asked of the hub. */
interface Change {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

interface PendingChange extends Change {
  readonly done: Promise<AddedTopics>;
  readonly resolve: (added: AddedTopics) => void;
  readonly reject: (error: unknown) => void;
}

/** The stream that is open, as its topics see it. */
export interface OpenStream {
  readonly signal: AbortSignal;
  address(what: string): URL;
  receive(event: PushEvent): void;
}

export interface TopicsOwner {
  /** The hub has ended the following of topics that were wanted, or does not take them. */
  onRefused(names: readonly string[], refusal: Refusal): void;
  /** The values of topics that did not go into the address. */
  onValues(values: readonly PushEvent[]): void;
}

/**
 * The named topics of a connection, over all its streams.
 *
 * A position says what has been had of the topics that were followed up to there, and of no others. So only these go into
 * the address beside a position; what is new is added to the stream when that is open. The hub answers with a position and
 * the values that hold there, and puts `topics` into the stream at the same place. Whichever comes first, nothing behind
 * that place is handed out before the values are, and of a stream that was cut before both were there the next one begins
 * without the topic, and adds it again.
 */
export class Topics implements TopicControl {
  readonly #owner: TopicsOwner;
  readonly #options: () => ConnectionOptions;
  #wanted!: Set<string>;
  /** Those of them that were followed up to the stream's position. */
  #known!: Set<string>;
  /** What is still to be done; the first is under way while the stream is open. */
  readonly #changes: PendingChange[] = [];
  #stream: OpenStream | undefined;
  /** What the stream follows; undefined while it is not open. */
  #followed: Set<string> | undefined;
  /** What has come behind the place of the change that is under way. */
  #held: PushEvent[] | undefined;
  /** Of what was added: its place. An answer that was lost, and came when it was asked for again, tells a later one. */
  readonly #since = new Map<string, string>();
  #endPause = () => {};
  #setChanged = () => {};

  constructor(names: Iterable<string>, owner: TopicsOwner, options: () => ConnectionOptions) {
    this.#owner = owner;
    this.#options = options;
    this.restart(names);
  }

  /** Forgets what was followed for another user. */
  restart(names: Iterable<string>): void {
    for (const { reject } of this.#changes.splice(0)) reject(new TopicError("The stream has been given up."));
    this.#wanted = new Set(names);
    this.#known = this.#fromTheBeginning();
  }

  /** Follows these, too, from a place that the hub tells. Without names: the values of all that is followed. */
  add(names: readonly string[]): Promise<AddedTopics> {
    for (const name of names) this.#wanted.add(name);
    return this.#begin(names, []);
  }

  remove(names: readonly string[]): Promise<AddedTopics> {
    this.#forget(names);
    const done = this.#begin([], names);
    // Where it fails there is nothing to be done: the next stream begins without them.
    done.catch(() => {});
    return done;
  }

  /** The position is not to move on: what came last is not handed out yet. */
  get isHolding(): boolean {
    return !!this.#held;
  }

  /** A stream is about to be asked for, from a position on. */
  ask(stream: OpenStream, query: URLSearchParams, lastEventId: string): void {
    this.#stream = stream;
    if (lastEventId === "") this.#known = this.#fromTheBeginning();
    for (const name of this.#known) query.append("topic", name);
    const { from, gap } = this.#options();
    if (from) query.set("from", from);
    if (gap) query.set("gap", gap);
  }

  /** The stream is over; what was under way is done again with the next. */
  end(): void {
    this.#stream = this.#followed = this.#held = undefined;
    this.#endPause();
    this.#setChanged();
  }

  /** Sees the stream's next event. True: it is not to be handed out, not yet, or not at all as it is older than its topic. */
  receive(event: PushEvent): boolean {
    if (this.#held) {
      if (this.#held.push(event) > maxHeld) throw new Error("The hub does not answer what it has done.");
      return true;
    }
    if (event.type === "open") this.#opened(event);
    else if (event.type === "topics") this.#followsNow(namesOf(event));
    const since = this.#since.get(event.topic ?? "");
    return since !== undefined && isAfter(event.lastEventId, since) === false;
  }

  #opened(event: PushEvent): void {
    this.#followed = namesOf(event);
    const missing = this.#settled.filter((name) => !this.#known.has(name));
    if (missing.length > 0) {
      this.#enqueue(missing, []).done.then(
        ({ values }) => this.#owner.onValues(values),
        (error: TopicError) => this.#owner.onRefused(missing, error),
      );
    }
    void this.#work();
  }

  #followsNow(names: Set<string>): void {
    this.#followed = names;
    const taken = [...this.#known].filter((name) => !names.has(name));
    this.#forget(taken);
    if (taken.length > 0) this.#owner.onRefused(taken, new TopicError("The hub has ended the following."));
    const [change] = this.#changes;
    if (change && change.add.length > 0 && this.#hasPlace(change)) this.#held = [];
    this.#setChanged();
  }

  #begin(add: readonly string[], remove: readonly string[]): Promise<AddedTopics> {
    const { done } = this.#enqueue(add, remove);
    if (this.#changes.length === 1) void this.#work();
    return done;
  }

  #enqueue(add: readonly string[], remove: readonly string[]): PendingChange {
    let settle!: Pick<PendingChange, "resolve" | "reject">;
    const done = new Promise<AddedTopics>((resolve, reject) => (settle = { resolve, reject }));
    const change = { add, remove, done, ...settle };
    this.#changes.push(change);
    return change;
  }

  /** Does one change after another, as long as this stream is open. */
  async #work(): Promise<void> {
    const stream = this.#stream;
    for (let [change] = this.#changes; stream && change; [change] = this.#changes) {
      const outcome = await this.#perform(change, stream);
      if (!outcome) return;
      if (outcome instanceof TopicError) {
        this.#forget(change.add.filter((name) => !this.#known.has(name)));
        change.reject(outcome);
      } else {
        for (const name of change.add) this.#followsSince(name, outcome.position);
        change.resolve(outcome);
      }
      // Whoever waits for the values has them before anything else comes.
      await change.done.catch(() => {});
      if (this.#changes[0] === change) this.#changes.shift();
      this.#release(stream);
    }
  }

  #followsSince(name: string, position: string): void {
    const isLeft = this.#changes.some(({ remove }) => remove.includes(name));
    if (isLeft || this.#known.has(name)) return;
    this.#wanted.add(name);
    this.#known.add(name);
    this.#since.set(name, position);
  }

  /** What has become of it, when the stream is at its place; undefined if the stream ends before. */
  async #perform(change: Change, stream: OpenStream): Promise<AddedTopics | TopicError | undefined> {
    let refresh = false;
    for (let tries = 0; this.#isOpen(stream); tries += 1) {
      try {
        const response: Response = await this.#post(change, stream, refresh);
        const { ok, status } = response;
        if (ok) {
          const answer = (await response.json()) as Answer;
          while (this.#isOpen(stream) && !this.#hasPlace(change, answer)) {
            await new Promise<void>((resolve) => (this.#setChanged = resolve));
          }
          return this.#isOpen(stream) ? addedOf(answer) : undefined;
        }
        if (!refresh && (status === 401 || status === 403)) {
          refresh = true;
          continue;
        }
        if (!isPassing(status) && (status !== 404 || tries === maxUnknown)) {
          const { detail = `HTTP status ${status}`, code } = await response.json().catch(() => ({}));
          return new TopicError(detail, status, code);
        }
      } catch {
        // There was no token, or no answer.
      }
      if (this.#isOpen(stream)) await this.#pause(growingGap(tries));
    }
    return undefined;
  }

  async #post({ add, remove }: Change, stream: OpenStream, refresh: boolean): Promise<Response> {
    const options = this.#options();
    const token = await options.getToken?.({ refresh });
    const headers = { ...options.headers, "Content-Type": "application/json" };
    const body = JSON.stringify({ add, remove, values: remove.length === 0 });
    return send({ method: "POST", url: stream.address("topics"), token, signal: stream.signal, body }, { ...options, headers });
  }

  #release(stream: OpenStream): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    // One of them may be the place of the next change: then it holds those behind it.
    for (const event of held) stream.receive(event);
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #isOpen(stream: OpenStream): boolean {
    return stream === this.#stream && !!this.#followed;
  }

  /** Whether the stream has come to where it is done. What a publisher has given stays, though it is removed. */
  #hasPlace({ add, remove }: Change, { topics: given = [] }: Partial<Answer> = {}): boolean {
    const followed = this.#followed;
    return add.every((name) => followed?.has(name)) && !remove.some((name) => followed?.has(name) && !given.includes(name));
  }

  #forget(names: readonly string[]): void {
    for (const name of names) {
      this.#known.delete(name);
      this.#wanted.delete(name);
    }
  }

  #fromTheBeginning(): Set<string> {
    return new Set(this.#settled.slice(0, maxTopics));
  }

  /** What is wanted, but for what is still to be added, which begins with its values. */
  get #settled(): string[] {
    const due = new Set(this.#changes.flatMap(({ add }) => add));
    return [...this.#wanted].filter((name) => !due.has(name));
  }
}

function namesOf(event: PushEvent): Set<string> {
  const { topics } = fieldsOf(event);
  return new Set(Array.isArray(topics) ? (topics as string[]) : []);
}

/** A value as the hub writes it outside a stream. */
interface JSONValue {
  id: string;
  event: string;
  topic?: string;
  data?: unknown;
  /** Instead of `data`. */
  text?: string;
}

/** The hub's, to a change. */
interface Answer {
  position: string;
  /** What the stream follows there. */
  topics: string[];
  values?: JSONValue[];
}

function addedOf({ position, values = [] }: Answer): AddedTopics {
  return {
    position,
    values: values.map(({ id, event, topic, data, text }) => ({
      type: event,
      data: text ?? JSON.stringify(data),
      lastEventId: id,
      ...(topic === undefined ? {} : { topic }),
    })),
  };
}
