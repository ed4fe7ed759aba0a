import { growingGap } from "./backoff.js";
import { fieldsOf, PushEvent } from "./event.js";
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
  #endPause = () => {};

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
  }

  /** Sees the stream's next event, and keeps it (true) until the values are there that belong before it. */
  receive(event: PushEvent): boolean {
    if (this.#held) {
      if (this.#held.push(event) > maxHeld) throw new Error("The hub does not answer what it has done.");
      return true;
    }
    if (event.type === "open") this.#opened(event);
    else if (event.type === "topics") this.#followsNow(namesOf(event));
    return false;
  }

  #opened(event: PushEvent): void {
    this.#followed = namesOf(event);
    const due = new Set(this.#changes.flatMap(({ add }) => add));
    const missing = [...this.#wanted].filter((name) => !this.#known.has(name) && !due.has(name));
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
    if (!change || change.add.length === 0 || !this.#follows(change)) return;
    this.#held = [];
    this.#endPause();
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
        for (const name of change.add) if (this.#wanted.has(name)) this.#known.add(name);
        change.resolve(outcome);
      }
      // Whoever waits for the values has them before anything else comes.
      await change.done.catch(() => {});
      this.#changes.shift();
      this.#release(stream);
    }
  }

  /** What has become of it, when the stream is at its place; undefined if the stream ends before. */
  async #perform(change: Change, stream: OpenStream): Promise<AddedTopics | TopicError | undefined> {
    let refresh = false;
    for (let tries = 0; this.#isOpen(stream); tries += 1) {
      try {
        const response: Response = await this.#post(change, stream, refresh);
        const { ok, status } = response;
        if (ok) {
          const added = addedOf(await response.json());
          if (this.#isOpen(stream) && !this.#follows(change)) await this.#pause();
          return this.#isOpen(stream) ? added : undefined;
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

  /** Until `topics` is in the stream, the stream is over, or the time is. */
  #pause(milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #isOpen(stream: OpenStream): boolean {
    return stream === this.#stream && !!this.#followed;
  }

  #follows({ add }: Change): boolean {
    return add.every((name) => this.#followed?.has(name));
  }

  #forget(names: readonly string[]): void {
    for (const name of names) {
      this.#known.delete(name);
      this.#wanted.delete(name);
    }
  }

  #fromTheBeginning(): Set<string> {
    return new Set([...this.#wanted].slice(0, maxTopics));
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

function addedOf({ position, values = [] }: { position: string; values?: JSONValue[] }): AddedTopics {
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
