import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../dist/index.js";
import { FakeClock, settle } from "./support/clock.mjs";
import { ScriptedHub } from "./support/hub.mjs";
import { Random } from "./support/random.mjs";

/**
 * One client that adds and removes topics, against a hub with a history whose streams arrive byte by byte and are cut
 * anywhere, and whose answers are late, or lost after the hub has done what was asked. Of each topic the client has every
 * note once, in order, from the place on that it was told, and none before the values of that place.
 * `PUSHHUB_SEEDS=2000 node --test test/topics-simulation.test.mjs` is the long run.
 */
const seeds = 60;
const steps = 80;
const topics = ["a", "b", "c"];

class ModelHub {
  requests = new ScriptedHub();
  notes = [];
  stream = undefined;

  constructor(random, clock) {
    Object.assign(this, { random, clock });
    this.requests.onRequest = (request) => void this.#serve(request);
  }

  get position() {
    return `e-${this.notes.length}`;
  }

  publish(topic) {
    const note = { topic, number: this.notes.length + 1 };
    this.notes.push(note);
    if (this.stream && this.#gets(note)) this.stream.bytes += textOf(note);
  }

  #gets({ topic }) {
    return topic === undefined || this.stream.set.has(topic);
  }

  values(names) {
    const newest = names.map((name) => this.notes.findLast(({ topic }) => topic === name));
    return newest.filter(Boolean).sort((one, other) => one.number - other.number);
  }

  /** Some of what the stream has to say arrives. */
  async flow(most = Infinity) {
    const { stream } = this;
    if (!stream) return;
    const count = Math.min(most, stream.bytes.length);
    const text = stream.bytes.slice(0, count);
    stream.bytes = stream.bytes.slice(count);
    if (text !== "") await stream.request.send(text);
  }

  async cut() {
    await this.flow(this.random.below(200));
    const { stream } = this;
    this.stream = undefined;
    await stream?.request.cut();
  }

  async #serve(request) {
    const { random } = this;
    if (random.chance(0.1)) return request.answer(503);
    return request.init.method === "GET" ? this.#open(request) : this.#change(request);
  }

  async #open(request) {
    const given = request.headers.get("Last-Event-ID");
    const set = new Set(request.url.searchParams.getAll("topic"));
    await request.accept();
    this.stream = { request, set, bytes: "", id: `conn_${this.requests.requests.length}` };
    const values = given ? [] : this.values([...set]);
    const open = { connectionId: this.stream.id, replay: given ? "complete" : "none", snapshot: values.length, topics: [...set] };
    const id = given ?? (values.length > 0 ? undefined : this.position);
    this.stream.bytes += event("open", open) + event("welcome", {}, id);
    if (values.length > 0) this.stream.bytes += values.map(textOf).join("") + event("heartbeat", {}, this.position);
    const since = given ? Number(given.split("-")[1]) : this.notes.length;
    for (const note of this.notes.slice(since)) if (this.#gets(note)) this.stream.bytes += textOf(note);
    return undefined;
  }

  /** What was asked is done at once; the answer takes its time, or is lost. */
  async #change(request) {
    const { random, stream } = this;
    if (!stream || request.url.pathname !== `/sse/connections/${stream.id}/topics`) return request.answer(404);
    const { add, remove } = JSON.parse(request.init.body);
    const before = [...stream.set].join();
    for (const name of add) stream.set.add(name);
    for (const name of remove) stream.set.delete(name);
    const set = [...stream.set];
    if (set.join() !== before) stream.bytes += event("topics", { topics: set }, this.position);
    const values = this.values(add).map(({ topic, number }) => ({ id: `e-${number}`, event: "note", topic, data: number }));
    const answer = JSON.stringify({ position: this.position, topics: set, values });
    const isLost = random.chance(0.1);
    setTimeout(() => void (isLost ? request.cut() : request.answer(200, {}, answer)), random.below(300));
    return undefined;
  }
}

function event(type, data, id, topic) {
  const lines = [id && `id: ${id}`, `event: ${type}`, topic && `topic: ${topic}`, `data: ${JSON.stringify(data)}`, "", ""];
  return lines.filter((line) => line !== undefined).join("\n");
}

function textOf({ topic, number }) {
  return event("note", number, `e-${number}`, topic);
}

/** The application: what it follows, from where, and what it has heard. */
class Application {
  own = [];
  follows = [];
  waiting = 0;
  /** How often each topic was removed. */
  removals = Object.fromEntries(topics.map((topic) => [topic, 0]));

  constructor(hub, names) {
    this.hub = hub;
    for (const topic of names) this.follows.push({ topic, from: undefined, notes: [], isOver: false });
    this.client = createClient({ url: "http://hub.test/sse/connect/auth", fetch: hub.requests.fetch, topics: names, reconnectDelay: 100 });
    this.client.subscribe("note", ({ topic, data }) => this.hear(topic, Number(data)));
  }

  hear(topic, number) {
    const follow = this.follows.findLast((each) => each.topic === topic && !each.isOver);
    if (topic === undefined) this.own.push(number);
    else if (follow) follow.notes.push(number);
    // Until the hub has done what it was asked, what is removed may still come.
    else assert.ok(this.removals[topic] > 0, "it was not followed yet");
  }

  add(names) {
    this.waiting += 1;
    const removals = { ...this.removals };
    this.client.addTopics(names).then(({ position, values }) => {
      this.waiting -= 1;
      const from = Number(position.split("-")[1]);
      const expected = this.hub.values(names).length;
      assert.ok(values.length <= expected);
      for (const topic of names) {
        const newest = this.hub.notes.findLast((note) => note.topic === topic && note.number <= from);
        assert.equal(values.find((value) => value.topic === topic)?.data, newest && `${newest.number}`, "the value at that place");
        const follow = this.follows.findLast((each) => each.topic === topic && !each.isOver);
        if (!follow && removals[topic] === this.removals[topic]) this.follows.push({ topic, from, notes: [], isOver: false });
      }
    });
  }

  remove(names) {
    for (const follow of this.follows) follow.isOver ||= names.includes(follow.topic);
    for (const name of names) this.removals[name] += 1;
    this.client.removeTopics(names);
  }

  check() {
    const of = (name) => this.hub.notes.filter(({ topic }) => topic === name).map(({ number }) => number);
    const isRun = (numbers, all) => {
      const first = all.indexOf(numbers[0]);
      assert.deepEqual(numbers, first < 0 ? [] : all.slice(first, first + numbers.length), "in order, once, none left out");
    };
    isRun(this.own, of(undefined));
    assert.equal(this.own.at(-1), of(undefined).at(-1), "up to the newest");
    assert.equal(this.waiting, 0, "nothing is still waited for");
    for (const { topic, from, notes, isOver } of this.follows) {
      const all = of(topic);
      isRun(notes, all);
      if (from !== undefined && notes.length > 0) assert.equal(notes[0], all.find((number) => number > from), "from its place on");
      if (!isOver) assert.equal(notes.at(-1), all.at(-1), `${topic} up to the newest`);
    }
  }
}

test("one client's topics over streams that are cut anywhere: nothing lost, nothing twice, nothing before its values", async (context) => {
  const first = Number(process.env.PUSHHUB_SEED ?? 1);
  const last = first + Number(process.env.PUSHHUB_SEEDS ?? seeds) - 1;
  for (let seed = first; seed <= last; seed += 1) {
    const random = new Random(seed);
    const clock = new FakeClock();
    const hub = new ModelHub(random, clock);
    const application = new Application(hub, topics.filter(() => random.chance(0.3)));
    const story = [];
    try {
      application.client.connect();
      await settle();
      for (let count = 0; count < steps; count += 1) {
        const name = random.pick(["publish", "publish", "publish", "own", "flow", "flow", "flow", "add", "add", "remove", "cut", "wait"]);
        story.push(name);
        if (name === "publish") hub.publish(random.pick(topics));
        else if (name === "own") hub.publish(undefined);
        else if (name === "flow") await hub.flow(random.below(400));
        else if (name === "add") application.add(topics.filter(() => random.chance(0.4)).concat("a"));
        else if (name === "remove") application.remove([random.pick(topics)]);
        else if (name === "cut") await hub.cut();
        else await clock.advance(random.below(3000));
        await clock.advance(random.below(100));
      }
      // All is well from now on.
      random.chance = () => false;
      for (let count = 0; count < 20; count += 1) {
        for (const topic of [undefined, ...topics]) hub.publish(topic);
        await hub.flow();
        await clock.advance(5000);
        await hub.flow();
      }
      application.check();
    } catch (error) {
      error.message = `seed ${seed}: ${error.message}\n${story.join(" ")}`;
      throw error;
    } finally {
      application.client.disconnect();
      await settle();
      clock.restore();
    }
  }
  context.diagnostic(`seeds ${first} to ${last}`);
});
