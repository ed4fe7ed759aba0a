import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionMachine } from "../dist/connection-machine.js";
import { forSeeds } from "./support/random.mjs";

/**
 * The connection's machine on a virtual clock, against token functions, hubs, proxies, pages and networks that do their
 * worst. `PUSHHUB_SEEDS=20000 node --test test/connection-simulation.test.mjs` is the long run.
 */
const seeds = 150;

class Model {
  now = 0;
  isHidden = false;
  isOffline = false;
  requests = [];
  asked = [];
  renewals = [];
  /** When streams ended that had lasted. */
  successes = [];
  snapshot = undefined;
  attempt = undefined;
  #queue = [];
  #stuck = 0;

  constructor(random, options = {}) {
    this.random = random;
    this.options = { getToken() {}, ...options };
    this.machine = new ConnectionMachine("");
  }

  send(input) {
    if (input.kind === "authorized") this.requests.push(this.now);
    const { now, isHidden, isOffline, options } = this;
    const world = { now, wall: now, random: this.random.next(), isHidden, isOffline, options };
    for (const action of this.machine.receive(input, world)) this.#perform(action);
    if (input.kind === "authorized") this.answer();
  }

  #perform(action) {
    switch (action.kind) {
      case "authorize":
        assert.equal(this.attempt, undefined, "one stream at a time");
        this.attempt = {};
        this.asked.push(this.now);
        return this.answerToken(action.refresh);
      case "abandon":
        if (this.now - this.attempt.openedAt >= 5000) this.successes.push(this.now);
        this.attempt = undefined;
        return undefined;
      case "renew":
        this.renewals.push(this.now);
        return this.answerRenewal();
      case "publish":
        this.snapshot = action.snapshot;
        if (this.snapshot.isConnected) this.attempt.openedAt ??= this.now;
    }
    return undefined;
  }

  /** What comes of this attempt, if it is still under way then. */
  later(delay, ...inputs) {
    const { attempt } = this;
    this.at(delay, () => {
      for (const input of inputs) if (this.attempt === attempt) this.send(input);
    });
  }

  at(delay, act) {
    this.#queue.push({ time: this.now + delay, act });
  }

  /** Until the time, one thing after another. */
  run(until) {
    for (;;) {
      const next = this.#queue.reduce((first, item) => (first && first.time <= item.time ? first : item), undefined);
      const time = Math.max(Math.min(next?.time ?? Infinity, this.machine.deadline), this.now);
      if (time > until) break;
      assert.ok((this.#stuck = time > this.now ? 0 : this.#stuck + 1) < 1000, `no end at ${time}`);
      this.now = time;
      if (next && next.time <= time) this.#queue.splice(this.#queue.indexOf(next), 1)[0].act();
      else this.send({ kind: "time" });
    }
    this.now = until;
  }

  // A hub that is good; adversaries override these.
  answerToken() {
    this.later(5, { kind: "authorized", isOtherUser: false });
  }
  answer() {
    this.later(20, { kind: "accepted" }, { kind: "opened", connectionId: "conn_1", heartbeatInterval: 30_000 }, bytes());
    this.beat(this.attempt, 20_000);
  }
  beat(attempt, delay) {
    this.at(delay, () => {
      if (this.attempt !== attempt) return;
      this.send(bytes());
      this.beat(attempt, 30_000);
    });
  }
  answerRenewal() {
    this.later(10, { kind: "renewed", life: 600_000 });
  }
}

const bytes = (isMidEvent = false) => ({ kind: "bytes", isMidEvent });
const refused = (status, more = {}) => ({ kind: "refused", status, message: `${status}`, retryAfter: 0, retry: undefined, ...more });
const opened = (heartbeatInterval = 30_000) => ({ kind: "opened", connectionId: "conn_x", heartbeatInterval });

/** What an answer to the request for a stream can be, at its worst; each list comes in order, with delays between. */
function badAnswer(random) {
  return random.pick([
    [refused(401)],
    [refused(403)],
    [refused(404)],
    [refused(200)],
    [refused(503, { retryAfter: random.pick([0, 0, 1000, 120_000]) })],
    [refused(410, { retry: true })],
    [{ kind: "lost", message: "reset" }],
    [],
    [{ kind: "accepted" }],
    [{ kind: "accepted" }, bytes(true)],
    [{ kind: "accepted" }, { kind: "retryTime", milliseconds: random.pick([0, 1, 50, 3000]) }, opened(), { kind: "lost", message: "cut" }],
    [{ kind: "accepted" }, opened(random.pick([0, 1, 1000])), { kind: "closed", reason: random.pick(["shutdown", "token-expired", "revoked", null]), reconnect: true }],
    [{ kind: "accepted" }, { kind: "opened", connectionId: null, heartbeatInterval: 0 }, { kind: "lost", message: "cut" }],
    [{ kind: "accepted" }, opened(), { kind: "tokenEnds", life: random.pick([1, 900, 4000, 20_000]) }],
    [{ kind: "accepted" }, opened(), { kind: "tokenEnds", life: 2000 }, { kind: "wrongUser", isKnown: random.chance(0.5) }],
    [{ kind: "accepted" }, bytes(false), bytes(true)],
  ]);
}

class BadWorld extends Model {
  /** From this time on everything is well. */
  goodFrom = Infinity;
  longestStream = 3000;

  answerToken(refresh) {
    if (this.now >= this.goodFrom) return super.answerToken(refresh);
    const { random } = this;
    if (random.chance(0.1)) return this.later(random.below(100), { kind: "lost", message: "no" });
    if (random.chance(0.1)) return undefined;
    return this.later(random.below(50), { kind: "authorized", isOtherUser: random.chance(0.3) });
  }

  answer() {
    if (this.now >= this.goodFrom) return super.answer();
    let delay = 0;
    for (const input of badAnswer(this.random)) {
      delay += this.random.below(input.kind === "lost" || input.kind === "closed" ? this.longestStream : 30);
      this.later(delay, input);
    }
    return undefined;
  }

  answerRenewal() {
    if (this.now >= this.goodFrom) return super.answerRenewal();
    const { random } = this;
    return this.later(random.below(300), random.pick([
      { kind: "renewed", life: random.pick([0, 1, -5, 1000, 5000, NaN]) },
      { kind: "renewed", life: random.chance(0.2) ? NaN : 0 },
      { kind: "wrongUser", isKnown: random.chance(0.5) },
    ]));
  }
}

/** Asks for the stream again where it ended for good, so that the adversary's turn is never over. */
function restarted(model) {
  if (!model.machine.isIdle) return false;
  model.send({ kind: "start", pace: { attempts: 20, delay: 30_000, isRefreshed: false } });
  return true;
}

test("nothing that a token function, a hub or a proxy answers makes requests without a growing pause", (context) => {
  let most = 0;
  forSeeds(seeds, context, (seed, random) => {
    const model = new BadWorld(random, { reconnectDelay: random.pick([0, 10, 3000]) });
    model.send({ kind: "start" });
    for (let minute = 1; minute <= 60; minute += 1) {
      model.run(minute * 60_000);
      restarted(model);
    }
    const { asked, requests, renewals, successes } = model;
    const within = (times, from, to) => times.filter((time) => time >= from && time < to).length;
    for (const [what, times] of Object.entries({ asked, requests, renewals })) {
      for (let start = 0; start <= 60 * 60_000; start += 60_000) {
        // 15 to 30 seconds each, with its fresh token; and ten shorter pauses after each success, and at the beginning.
        const ramps = within(successes, start - 60_000, start + 60_000) + (start === 0 ? 1 : 0);
        const count = within(times, start, start + 60_000);
        assert.ok(count <= 12 + 24 * ramps, `${count} ${what} in minute ${start / 60_000}`);
        if (ramps === 0) most = Math.max(most, count);
      }
    }
  });
  context.diagnostic(`at most ${most} a minute once the pauses have grown`);
});

test("a page that flaps, and a network that does, skips no pause", (context) => {
  forSeeds(seeds, context, (seed, random) => {
    const model = new BadWorld(random);
    model.answerToken = () => model.later(1, { kind: "authorized", isOtherUser: false });
    model.answer = () => model.later(1, random.pick([refused(503), { kind: "lost", message: "reset" }, { kind: "accepted" }]));
    model.send({ kind: "start" });
    for (let time = 0; time < 600_000; time += random.below(400)) {
      model.run(time);
      const kind = random.pick(["woke", "left", "woke", "online", "offline", "woke"]);
      if (kind === "offline" || kind === "online") model.isOffline = kind === "offline";
      model.send({ kind });
    }
    const { requests } = model;
    assert.ok(requests.length <= 60, `${requests.length} requests in ten minutes`);
    assert.ok(requests.filter((time) => time > 120_000).length <= 2 * 8 * 4, "at most every 7.5 seconds once they have grown");
  });
});

test("whenever the network and the hub are good again, the stream opens", (context) => {
  let slowest = 0;
  forSeeds(seeds, context, (seed, random) => {
    const model = new BadWorld(random, { reconnectDelay: random.pick([0, 10, 3000]) });
    const badUntil = 10_000 + random.below(600_000);
    model.send({ kind: "start" });
    for (let time = 0; time < badUntil; time += random.below(20_000)) {
      model.run(time);
      restarted(model);
      model.isHidden = random.chance(0.3);
      if (random.chance(0.3)) model.isOffline = random.chance(0.5);
      model.send({ kind: random.pick(["woke", "left", "woke", "online", "offline", "time"]) });
    }
    model.run(badUntil);
    restarted(model);
    // All is well again, whether or not the browser finds out about the network.
    model.goodFrom = badUntil;
    model.isHidden = false;
    if (random.chance(0.7)) model.isOffline = false;
    model.send({ kind: "woke" });
    // The longest: a wait of 120 seconds that the server asked for.
    while (!model.snapshot.isConnected && model.now < badUntil + 300_000) {
      model.run(model.now + 1000);
      restarted(model);
    }
    assert.ok(model.snapshot.isConnected, `deaf: ${JSON.stringify(model.snapshot)}`);
    slowest = Math.max(slowest, model.now - badUntil);
  });
  context.diagnostic(`open again after ${slowest / 1000} s at the latest`);
  assert.ok(slowest <= 200_000);
});

test("what ended for good makes no request, whatever the page does", (context) => {
  forSeeds(seeds, context, (seed, random) => {
    const model = new Model(random);
    model.send({ kind: "start" });
    model.run(1000);
    model.send(random.pick([{ kind: "closed", reason: "disconnected", reconnect: false }, { kind: "stop" }]));
    for (let time = 1000; time < 1e6; time += random.below(20_000)) {
      model.run(time);
      model.isOffline = random.chance(0.3);
      model.send({ kind: random.pick(["woke", "left", "online", "offline", "time"]) });
    }
    assert.deepEqual([model.requests.length, model.snapshot.connectionState, model.machine.deadline], [1, "closed", Infinity]);
  });
});
