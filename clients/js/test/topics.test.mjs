import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createClient, TopicError } from "../dist/index.js";
import { FakeClock, settle } from "./support/clock.mjs";
import { jwt, ScriptedHub } from "./support/hub.mjs";

let clock, hub, client, log;

beforeEach(() => {
  clock = new FakeClock();
  hub = new ScriptedHub();
});
afterEach(async () => {
  client.disconnect();
  await settle();
  assert.equal(clock.pending, 0, "no timer is left");
  clock.restore();
});

/** A client that writes down its notes, `[topic, data]`, and what else it is told. */
async function make(options = {}) {
  log = { notes: [], snapshots: [], problems: [], gaps: 0 };
  client = createClient({
    url: "http://hub.test/sse/connect/auth",
    fetch: hub.fetch,
    onSnapshot: (values) => log.snapshots.push(values.map(({ data }) => JSON.parse(data))),
    onProblem: (message, error) => log.problems.push([message, error.code]),
    onGap: () => (log.gaps += 1),
    ...options,
  });
  client.subscribe("note", (event) => log.notes.push([event.topic, JSON.parse(event.data)]));
  client.connect();
  await settle();
}

/** The last request for a stream, and the last that posts. */
const stream = () => hub.requests.filter(({ init }) => init.method === "GET").at(-1);
const posts = () => hub.requests.filter(({ init }) => init.method === "POST");
const post = () => posts().at(-1);
const body = (request) => JSON.parse(request.init.body);
const asked = () => stream().url.searchParams.getAll("topic");
const json = { "Content-Type": "application/json" };
const answer = (more = {}) =>
  post().answer(200, json, JSON.stringify({ success: true, topics: [], position: "e-5", values: [], ...more }));
const refuse = (status, code) =>
  post().answer(status, { "Content-Type": "application/problem+json" }, JSON.stringify({ status, code, detail: `No: ${code}` }));
const note = (data, id, topic) => stream().send(text(data, id, topic));
const text = (data, id, topic) => `id: ${id}\nevent: note\n${topic ? `topic: ${topic}\n` : ""}data: ${data}\n\n`;
const topics = (names, id) => stream().event("topics", { topics: names }, id);
const value = (data, id, topic) => ({ id, event: "note", replace: "state", topic, data });

/** Writes down what a promise comes to, in the log's order. */
function follow(...names) {
  return client.addTopics(names).then(
    ({ position, values }) => log.notes.push([`values at ${position}`, ...values.map(({ data }) => JSON.parse(data))]),
    (error) => log.notes.push(["refused", error.code ?? error.message]),
  );
}

test("topics go into the address, one parameter each, and from and gap with them", async () => {
  await make({ topics: ["orders/42", "a b&c"], from: "start", gap: "skip" });
  assert.equal(stream().url.search.replace(/clientId=[^&]*&/, ""), "?topic=orders%2F42&topic=a+b%26c&from=start&gap=skip");
  await stream().welcome({ topics: ["orders/42", "a b&c"] });
  await note(1, "e-1", "orders/42");
  await note(2, "e-2");
  assert.deepEqual(log.notes, [["orders/42", 1], [undefined, 2]]);
  assert.equal("topic" in client.lastEvent, false);
});

test("a snapshot is told when its heartbeat has come; its values are events, too", async () => {
  await make({ topics: ["a"] });
  await stream().accept();
  await stream().send(`event: open\ndata: {"connectionId":"c","replay":"none","snapshot":2,"topics":["a"]}\n\nevent: welcome\ndata: {}\n\n`);
  await note(1, "e-1", "a");
  await note(2, "e-4");
  assert.deepEqual(log.snapshots, []);
  await stream().event("heartbeat", {}, "e-9");
  await note(3, "e-10", "a");
  assert.deepEqual(log.snapshots, [[1, 2]]);
  assert.deepEqual(log.notes, [["a", 1], [undefined, 2], ["a", 3]]);
});

test("a snapshot that is empty ends with welcome, and a stream that goes on has none", async () => {
  await make();
  await stream().welcome({ snapshot: 0 });
  assert.deepEqual(log.snapshots, [[]]);
  await stream().cut();
  await clock.advance(4000);
  await stream().welcome({ replay: "complete", snapshot: 0 });
  assert.deepEqual(log.snapshots, [[]]);
});

test("a cut snapshot is asked for again from its last value", async () => {
  await make();
  await stream().accept();
  await stream().send(`event: open\ndata: {"connectionId":"c","replay":"none","snapshot":2,"topics":[]}\n\nevent: welcome\ndata: {}\n\n`);
  await note(1, "e-1");
  await stream().cut();
  await clock.advance(4000);
  assert.equal(stream().headers.get("Last-Event-ID"), "e-1");
});

for (const order of ["answer first", "stream first", "in one chunk"]) {
  test(`what is added resolves with its place and its values before anything behind that place: ${order}`, async () => {
    await make({ topics: ["a"], getToken: () => "t" });
    await stream().welcome({ topics: ["a"] });
    const added = follow("b");
    await settle();
    assert.equal(post().url.href, "http://hub.test/sse/connections/conn_0123456789abcdef/topics");
    assert.equal(post().headers.get("Authorization"), "Bearer t");
    assert.equal(post().headers.get("Content-Type"), "application/json");
    assert.deepEqual(body(post()), { add: ["b"], remove: [], values: true });
    await note(1, "e-1", "a");
    const values = { values: [value(7, "e-3", "b")], topics: ["a", "b"] };
    if (order === "answer first") await answer(values);
    if (order === "in one chunk") {
      await stream().send(`id: e-5\nevent: topics\ndata: {"topics":["a","b"]}\n\n${text(2, "e-6", "b")}${text(3, "e-7", "a")}`);
    } else {
      await topics(["a", "b"], "e-5");
      await note(2, "e-6", "b");
      await note(3, "e-7", "a");
    }
    if (order !== "answer first") {
      assert.deepEqual(log.notes, [["a", 1]]);
      await answer(values);
    }
    await added;
    assert.deepEqual(log.notes, [["a", 1], ["values at e-5", 7], ["b", 2], ["a", 3]]);
    await stream().cut();
    await clock.advance(4000);
    assert.deepEqual([asked(), stream().headers.get("Last-Event-ID")], [["a", "b"], "e-7"]);
  });
}

test("values keep their text", async () => {
  await make();
  await stream().welcome({ topics: ["b"] });
  const added = client.addTopics(["b"]);
  await settle();
  await answer({ values: [{ id: "e-1", event: "patch", topic: "b", text: "<b>\n1" }, { id: "e-2", event: "note", data: { n: [1] } }] });
  assert.deepEqual((await added).values, [
    { type: "patch", data: "<b>\n1", lastEventId: "e-1", topic: "b" },
    { type: "note", data: '{"n":[1]}', lastEventId: "e-2" },
  ]);
});

for (const [when, act] of [
  ["before the place has come", async () => answer()],
  ["before the answer has come", async () => (await topics(["a", "b"], "e-5"), await note(2, "e-6", "b"))],
  ["before either has come", async () => {}],
]) {
  test(`a stream that is cut ${when} is asked for without the topic, which is added again`, async () => {
    await make({ topics: ["a"] });
    await stream().welcome({ topics: ["a"], id: "e-1" });
    const added = follow("b");
    await settle();
    await act();
    await stream().cut();
    await clock.advance(4000);
    assert.deepEqual(asked(), ["a"]);
    await stream().welcome({ topics: ["a"], replay: "complete" });
    assert.deepEqual([posts().length, body(post()).add], [2, ["b"]]);
    await answer({ position: "e-8", topics: ["a", "b"], values: [value(9, "e-6", "b")] });
    await topics(["a", "b"], "e-8");
    await added;
    assert.deepEqual(log.notes, [["values at e-8", 9]]);
    await stream().cut();
    await clock.advance(10_000);
    assert.deepEqual([asked(), stream().headers.get("Last-Event-ID")], [["a", "b"], "e-8"]);
  });
}

test("what is added while there is no stream is added when there is, not put beside a position", async () => {
  await make({ topics: ["a"] });
  await stream().welcome({ topics: ["a"], id: "e-1" });
  client.disconnect();
  const added = follow("b");
  await settle();
  client.connect();
  await settle();
  assert.deepEqual([asked(), posts().length], [["a"], 0]);
  await stream().welcome({ topics: ["a"], replay: "complete" });
  await answer();
  await topics(["a", "b"], "e-5");
  await added;
  assert.deepEqual(log.notes, [["values at e-5"]]);
});

test("what is followed already has its values without a change of the set", async () => {
  await make({ topics: ["a"] });
  await stream().welcome({ topics: ["a"] });
  const added = follow("a");
  await settle();
  await answer({ values: [value(1, "e-1", "a")] });
  await added;
  assert.deepEqual(log.notes, [["values at e-5", 1]]);
});

test("changes are made one after another", async () => {
  await make();
  await stream().welcome({ topics: [] });
  const all = [follow("a"), follow("b")];
  client.removeTopics(["a"]);
  await settle();
  assert.equal(posts().length, 1);
  await answer();
  assert.equal(posts().length, 1, "its place has not come");
  await topics(["a"], "e-5");
  assert.deepEqual([posts().length, body(post()).add], [2, ["b"]]);
  await answer({ position: "e-6" });
  await topics(["a", "b"], "e-6");
  assert.deepEqual(body(post()), { add: [], remove: ["a"], values: false });
  await answer();
  await topics(["b"], "e-7");
  await Promise.all(all);
  assert.deepEqual(log.problems, []);
  await stream().cut();
  await clock.advance(4000);
  assert.deepEqual(asked(), ["b"]);
});

for (const [status, code] of [[400, "bad-topic"], [400, "too-many-topics"], [404, undefined]]) {
  test(`what the hub refuses with ${status} ${code ?? ""} rejects, and is not asked for again`, async () => {
    await make({ topics: ["a"] });
    await stream().welcome({ topics: ["a"] });
    const added = client.addTopics(["*"]);
    const refused = assert.rejects(added, { name: "TopicError", status, code });
    await settle();
    if (code) await refuse(status, code);
    for (let count = 0; !code && count < 4; count += 1) {
      await post().answer(status);
      await clock.advance(5000);
    }
    await refused;
    const asks = posts().length;
    await stream().cut();
    await clock.advance(4000);
    await stream().welcome({ topics: ["a"], replay: "complete" });
    assert.deepEqual([asked(), posts().length], [["a"], asks]);
  });
}

test("a topic that is not granted is asked for once more with a fresh token", async () => {
  await make({ getToken: ({ refresh }) => (refresh ? "fresh" : "old") });
  await stream().welcome({ topics: [] });
  const refused = assert.rejects(client.addTopics(["b"]), { code: "topic-not-granted", message: "No: topic-not-granted" });
  await settle();
  await refuse(403, "topic-not-granted");
  assert.deepEqual(posts().map(({ headers }) => headers.get("Authorization")), ["Bearer old", "Bearer fresh"]);
  await refuse(403, "topic-not-granted");
  await refused;
});

test("what fails for the moment is tried again, with growing pauses", async () => {
  await make();
  await stream().welcome({ topics: [] });
  const added = follow("b");
  await settle();
  await post().answer(503);
  await clock.advance(999);
  assert.equal(posts().length, 1);
  await clock.advance(1);
  await post().cut();
  await clock.advance(1999);
  assert.equal(posts().length, 2);
  await clock.advance(1);
  await answer();
  await topics(["b"], "e-5");
  await added;
  assert.equal(posts().length, 3);
});

test("a topic that a renewed token no longer grants is told, and not asked for again", async () => {
  await make({ topics: ["a", "b"] });
  await stream().welcome({ topics: ["a", "b"], id: "e-1" });
  await topics(["a"], "e-2");
  assert.deepEqual(log.problems, [["Not followed: b", undefined]]);
  await stream().cut();
  await clock.advance(4000);
  assert.deepEqual([asked(), stream().headers.get("Last-Event-ID")], [["a"], "e-2"]);
});

test("what a publisher gives is not asked for", async () => {
  await make({ topics: ["a"] });
  await stream().welcome({ topics: ["a"], id: "e-1" });
  await topics(["a", "given"], "e-2");
  await topics(["a"], "e-3");
  assert.deepEqual(log.problems, []);
  await stream().cut();
  await clock.advance(4000);
  assert.deepEqual(asked(), ["a"]);
});

test("of more than 64 topics the rest is added when the stream is open, and its values are told", async () => {
  const names = Array.from({ length: 66 }, (_, number) => `t${number}`);
  await make({ topics: names });
  assert.equal(asked().length, 64);
  await stream().welcome({ topics: names.slice(0, 64) });
  assert.deepEqual(body(post()).add, ["t64", "t65"]);
  await answer({ values: [value(1, "e-1", "t65")] });
  await topics(names, "e-5");
  assert.deepEqual([log.notes, log.snapshots], [[["t65", 1]], [[1]]]);
});

test("a refusal of the stream tells what the hub says of it", async () => {
  await make({ topics: ["secret"], getToken: () => "t" });
  const detail = "The token does not grant the topic secret.";
  for (let count = 0; count < 2; count += 1) {
    await stream().answer(403, { "Content-Type": "application/problem+json" }, JSON.stringify({ code: "topic-not-granted", detail }));
  }
  assert.deepEqual([client.connectionState, client.snapshot.error.message], ["error", detail]);
});

test("other topics among the options are added and removed, and nothing else changes", async () => {
  const options = { url: "http://hub.test/sse/connect/auth", fetch: hub.fetch };
  await make({ topics: ["a", "b"] });
  await stream().welcome({ topics: ["a", "b"] });
  const told = [];
  client.configure({ ...options, topics: ["b", "c"], onSnapshot: (values) => told.push(values.map(({ lastEventId }) => lastEventId)) });
  client.configure({ ...options, topics: ["b", "c"], onSnapshot: (values) => told.push(values.map(({ lastEventId }) => lastEventId)) });
  await settle();
  assert.deepEqual(body(post()), { add: [], remove: ["a"], values: false });
  await answer();
  await topics(["b"], "e-4");
  assert.deepEqual(body(post()), { add: ["c"], remove: [], values: true });
  await answer({ values: [value(4, "e-2", "c")] });
  await topics(["b", "c"], "e-5");
  assert.deepEqual([log.notes, told], [[["c", 4]], [["e-2"]]]);
  assert.equal(posts().length, 2);
});

test("another user begins with the option's topics alone", async () => {
  let token = jwt({ sub: "anna" });
  await make({ topics: ["a"], getToken: () => token });
  await stream().welcome({ topics: ["a"] });
  const added = follow("annas");
  await settle();
  await answer();
  await topics(["a", "annas"], "e-5");
  await added;
  const late = follow("late");
  token = jwt({ sub: "ben" });
  client.reconnect();
  await settle();
  await late;
  assert.deepEqual(asked(), ["a"]);
  assert.deepEqual(log.notes.at(-1), ["refused", "The stream has been given up."]);
});

test("another address gives up what is still to be added", async () => {
  await make();
  const refused = assert.rejects(client.addTopics(["a"]), TopicError);
  client.configure({ url: "http://other.test/sse/connect/auth", fetch: hub.fetch });
  await refused;
});

test("an answer that was lost, and told again later, brings nothing that came up to its place", async () => {
  await make();
  await stream().welcome({ topics: [] });
  const added = follow("b");
  await settle();
  await topics(["b"], "e-2");
  await post().cut();
  await note(3, "e-3", "b");
  await clock.advance(1000);
  await note(4, "e-4", "b");
  await answer({ position: "e-3", topics: ["b"], values: [value(3, "e-3", "b")] });
  await added;
  await settle();
  assert.deepEqual(log.notes, [["values at e-3", 3], ["b", 4]]);
});

test("what is removed stays where a publisher has given it, and the next change is made", async () => {
  await make({ topics: ["a"] });
  await stream().welcome({ topics: ["a"] });
  client.removeTopics(["a"]);
  const added = follow("b");
  await settle();
  await answer({ topics: ["a"] });
  assert.deepEqual(body(post()).add, ["b"]);
  await topics(["a", "b"], "e-5");
  await answer({ topics: ["a", "b"] });
  await added;
  assert.deepEqual(log.problems, []);
});

test("what is added, removed and added again is followed in the end", async () => {
  await make();
  await stream().welcome({ topics: [] });
  const all = [follow("b")];
  client.removeTopics(["b"]);
  all.push(follow("b"));
  await settle();
  for (const [set, position] of [[["b"], "e-1"], [[], "e-2"], [["b"], "e-3"]]) {
    await topics(set, position);
    await answer({ topics: set, position });
  }
  await Promise.all(all);
  assert.deepEqual([log.problems, posts().length], [[], 3]);
  await stream().cut();
  await clock.advance(4000);
  assert.deepEqual(asked(), ["b"]);
});
