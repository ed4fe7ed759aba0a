import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createClient } from "../dist/index.js";
import { FakeBrowser } from "./support/browser.mjs";
import { FakeClock, settle } from "./support/clock.mjs";
import { ScriptedHub } from "./support/hub.mjs";

let clock, hub, browser, tabs;
const realChannel = globalThis.BroadcastChannel;

beforeEach(() => {
  clock = new FakeClock();
  hub = new ScriptedHub();
  browser = new FakeBrowser();
  browser.install();
  tabs = [];
});
afterEach(async () => {
  for (const tab of tabs) tab.client.disconnect();
  await settle();
  assert.equal(clock.pending, 0, "no timer is left");
  assert.equal(browser.channels.length, 0, "no channel is left");
  assert.equal(browser.waiting, 0, "no lock is held or waited for");
  clock.restore();
  browser.uninstall();
  globalThis.BroadcastChannel = realChannel;
});

const url = "http://hub.test/sse/connect/auth";

async function openTab(topics = [], options = {}) {
  const tab = { notes: [], snapshots: [], problems: [], types: [], options: { url, fetch: hub.fetch, user: "anna", shareAcrossTabs: true } };
  Object.assign(tab.options, {
    topics,
    onSnapshot: (values) => tab.snapshots.push(values.map(({ data }) => JSON.parse(data))),
    onProblem: (message) => tab.problems.push(message),
    ...options,
  });
  tab.client = createClient(tab.options);
  tab.client.subscribe("note", ({ topic, data }) => tab.notes.push(topic ? `${topic} ${data}` : data));
  tab.client.subscribe("*", ({ type }) => tab.types.push(type));
  tab.client.connect();
  tabs.push(tab);
  await settle();
  await clock.advance(50);
  return tab;
}

const streams = () => hub.requests.filter(({ init }) => init.method === "GET");
const stream = () => streams().at(-1);
const posts = () => hub.requests.filter(({ init }) => init.method === "POST");
const post = () => posts().at(-1);
const body = () => JSON.parse(post().init.body);
const asked = (request = stream()) => request.url.searchParams.getAll("topic");
const note = (data, id, topic) => stream().send(`id: ${id}\nevent: note\n${topic ? `topic: ${topic}\n` : ""}data: ${data}\n\n`);
const value = (data, id, topic) => ({ id, event: "note", replace: "state", topic, data });

/** The hub does what was asked last, with its place in the stream if that changes what it follows. */
async function answer(position, set, values = []) {
  if (set) await stream().event("topics", { topics: set }, position);
  await post().answer(200, { "Content-Type": "application/json" }, JSON.stringify({ success: true, topics: set, position, values }));
}
const refuse = (status, code) =>
  post().answer(status, { "Content-Type": "application/problem+json" }, JSON.stringify({ status, code, detail: `No: ${code}` }));

/** Two tabs on one stream that follows `a` for the first and `b` for the second. */
async function openTwo() {
  const first = await openTab(["a"]);
  await stream().welcome({ topics: ["a"], snapshot: 0, id: "e-1" });
  const second = await openTab(["b"]);
  assert.deepEqual(body().add, ["b"]);
  await answer("e-2", ["a", "b"]);
  assert.deepEqual(body().add, []);
  await answer("e-2", null, [value(1, "e-1", "a"), value(2, "e-2", "b"), { ...value(0, "e-0"), topic: undefined }]);
  return [first, second];
}

test("the stream follows what any of the tabs wants, and each tab hears its own", async () => {
  const [first, second] = await openTwo();
  await note(3, "e-3", "a");
  await note(4, "e-4", "b");
  await note(5, "e-5");
  assert.deepEqual(first.notes, ["a 3", "5"]);
  assert.deepEqual(second.notes, ["b 2", "0", "b 4", "5"], "its values first");
  assert.equal(streams().length, 1);
});

test("a tab that comes later begins as with a stream of its own: open, welcome, its values, a heartbeat", async () => {
  const [first, second] = await openTwo();
  assert.deepEqual(second.types, ["open", "welcome", "note", "note", "heartbeat"]);
  assert.deepEqual([second.snapshots, first.snapshots], [[[2, 0]], [[]]]);
  assert.equal(second.client.isConnected, true);
});

test("what came while the values were on their way comes after them, once", async () => {
  await openTab(["a"]);
  await stream().welcome({ topics: ["a"], snapshot: 0, id: "e-1" });
  const late = await openTab(["a"]);
  assert.deepEqual(body().add, []);
  await note(2, "e-2", "a");
  await note(3, "e-3", "a");
  await answer("e-2", null, [value(2, "e-2", "a")]);
  await clock.advance(1000);
  await note(4, "e-4", "a");
  await clock.advance(5000);
  assert.deepEqual(late.notes, ["a 2", "a 3", "a 4"]);
});

test("addTopics of a tab that follows has the place and the values, and then what came after", async () => {
  const [first, second] = await openTwo();
  await note(3, "e-3", "a");
  const added = second.client.addTopics(["a"]).then(({ position, values }) => {
    second.notes.push(`values at ${position}: ${values.map(({ data }) => data)}`);
  });
  await settle();
  await note(4, "e-4", "a");
  await note(5, "e-5", "a");
  await answer("e-4", null, [value(4, "e-4", "a")]);
  await added;
  await settle();
  await note(6, "e-6", "a");
  assert.deepEqual(second.notes.slice(2), ["values at e-4: 4", "a 5", "a 6"]);
  assert.deepEqual(first.notes, ["a 3", "a 4", "a 5", "a 6"]);
});

test("addTopics of the leader too", async () => {
  const [first] = await openTwo();
  const added = first.client.addTopics(["b", "c"]);
  await settle();
  assert.deepEqual(body().add, ["b", "c"]);
  await answer("e-7", ["a", "b", "c"], [value(2, "e-2", "b")]);
  assert.deepEqual((await added).position, "e-7");
  await settle();
  await note(8, "e-8", "b");
  await note(9, "e-9", "c");
  assert.deepEqual(first.notes, ["b 8", "c 9"]);
});

test("what nobody wants any more is left: by removeTopics, and when its tab goes", async () => {
  const [first, second] = await openTwo();
  first.client.removeTopics(["a"]);
  await settle();
  assert.deepEqual(body(), { add: [], remove: ["a"], values: false });
  await note(3, "e-3", "a");
  await answer("e-4", ["b"]);
  assert.deepEqual([first.notes, second.notes.slice(2)], [[], []]);
  second.client.disconnect();
  await settle();
  assert.deepEqual(body().remove, ["b"]);
  await answer("e-5", []);
});

test("the next leader asks for what all want, from its own position", async () => {
  const [first, second] = await openTwo();
  await note(3, "e-3", "b");
  await clock.advance(5000);
  first.client.disconnect();
  await settle();
  await clock.advance(100);
  assert.deepEqual([asked().sort(), stream().headers.get("Last-Event-ID")], [["a", "b"], "e-3"]);
  await stream().welcome({ topics: ["a", "b"], replay: "complete", id: "e-3" });
  await note(4, "e-4", "b");
  assert.deepEqual(second.notes.slice(2), ["b 3", "b 4"]);
});

test("what a publisher has given to the user reaches every tab", async () => {
  const [first, second] = await openTwo();
  await stream().event("topics", { topics: ["a", "b", "given"] }, "e-3");
  await note(4, "e-4", "given");
  assert.deepEqual([first.notes.at(-1), second.notes.at(-1)], ["given 4", "given 4"]);
  assert.equal("isGiven" in second.client.lastEvent, false);
  const late = await openTab(["a"]);
  await answer("e-4", null, [value(4, "e-4", "given"), value(1, "e-1", "b")]);
  assert.deepEqual(late.notes, ["given 4"]);
});

test("a topic that is refused rejects in its tab, and costs nobody else anything", async () => {
  const [first, second] = await openTwo();
  const refused = assert.rejects(second.client.addTopics(["*"]), { name: "TopicError", code: "bad-topic", message: "No: bad-topic" });
  await settle();
  await refuse(400, "bad-topic");
  await refused;
  await note(3, "e-3", "b");
  assert.deepEqual([second.notes.at(-1), streams().length, first.client.isConnected], ["b 3", 1, true]);
});

test("a tab whose own topics are refused goes alone, and is told by the hub", async () => {
  await openTab(["a"]);
  await stream().welcome({ topics: ["a"], snapshot: 0, id: "e-1" });
  const second = await openTab(["secret"]);
  await refuse(400, "bad-topic");
  assert.deepEqual(asked(), ["secret"]);
  await stream().answer(400, { "Content-Type": "application/problem+json" }, JSON.stringify({ detail: "No." }));
  assert.deepEqual([second.client.connectionState, second.client.snapshot.error.message], ["error", "No."]);
});

test("a topic that the hub has ended is told in its tab, and the others go on", async () => {
  const [first, second] = await openTwo();
  await stream().event("topics", { topics: ["a"] }, "e-3");
  await clock.advance(5000);
  assert.deepEqual(body().add, ["b"]);
  await refuse(400, "topic-not-granted");
  await clock.advance(5000);
  assert.deepEqual([second.problems, first.problems], [["Not followed: b"], []]);
  await note(4, "e-4", "a");
  assert.deepEqual([first.notes, streams().length], [["a 4"], 1]);
});

test("a tab that would need more topics than a stream can follow goes alone, from its position", async () => {
  const names = Array.from({ length: 63 }, (_, number) => `t${number}`);
  const first = await openTab(names);
  await stream().welcome({ topics: names, snapshot: 0, id: "e-1" });
  const second = await openTab(["x"]);
  await answer("e-2", [...names, "x"]);
  await answer("e-2", null);
  await note(3, "e-3", "x");
  const added = second.client.addTopics(["y"]);
  await settle();
  assert.deepEqual([asked(), stream().headers.get("Last-Event-ID")], [["x"], "e-3"]);
  const [shared, own] = streams();
  await own.welcome({ topics: ["x"], replay: "complete", snapshot: 0, id: "e-3" });
  assert.deepEqual(body().add, ["y"]);
  await answer("e-5", ["x", "y"]);
  assert.equal((await added).position, "e-5");
  await settle();
  await note(6, "e-6", "y");
  assert.deepEqual([second.notes, shared.isOpen, first.notes], [["x 3", "y 6"], true, []]);
});

test("other topics among the options of a tab are followed, and their values told", async () => {
  const [, second] = await openTwo();
  second.client.configure({ ...second.options, topics: ["c"] });
  await settle();
  assert.deepEqual(posts().slice(-2).map(({ init }) => JSON.parse(init.body).add.concat(JSON.parse(init.body).remove)), [[], ["b"]]);
});

test("a hub that knows nothing of last values is not asked for any", async () => {
  await openTab(["a"]);
  await stream().welcome({ topics: ["a"] });
  const second = await openTab(["a"]);
  await note(1, "e-1", "a");
  assert.deepEqual([second.notes, posts().length], [["a 1"], 0]);
});
