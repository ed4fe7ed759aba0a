import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Dispatcher } from "../dist/dispatcher.js";

const event = (type, data = "") => ({ type, data, lastEventId: "" });
const collect = (list) => (received) => list.push(received.data);
const realError = console.error;
afterEach(() => (console.error = realError));

test("each handler gets the events of its type, in order; * gets all", () => {
  const dispatcher = new Dispatcher();
  const [a, all] = [[], []];
  dispatcher.subscribe("a", collect(a));
  dispatcher.subscribe("*", collect(all));
  for (const [type, data] of [["a", "1"], ["b", "2"], ["a", "3"]]) dispatcher.dispatch(event(type, data));
  assert.deepEqual(a, ["1", "3"]);
  assert.deepEqual(all, ["1", "2", "3"]);
});

test("one function subscribed twice is two subscriptions; unsubscribe by function ends both", () => {
  const dispatcher = new Dispatcher();
  const seen = [];
  const handler = collect(seen);
  const stop = dispatcher.subscribe("a", handler);
  dispatcher.subscribe("a", handler);
  dispatcher.dispatch(event("a", "twice"));
  stop();
  stop();
  dispatcher.dispatch(event("a", "once"));
  dispatcher.unsubscribe("a", handler);
  dispatcher.dispatch(event("a", "never"));
  assert.deepEqual(seen, ["twice", "twice", "once"]);
});

test("once is called once, even by an event sent from its own handler", () => {
  const dispatcher = new Dispatcher();
  let calls = 0;
  dispatcher.once("a", () => {
    calls += 1;
    dispatcher.dispatch(event("a"));
  });
  dispatcher.dispatch(event("a"));
  assert.equal(calls, 1);
});

test("a handler that throws is reported and stops no other", () => {
  const dispatcher = new Dispatcher();
  const [seen, reported] = [[], []];
  console.error = (error) => reported.push(error.message);
  dispatcher.subscribe("a", () => {
    throw new Error("mine");
  });
  dispatcher.subscribe("a", collect(seen));
  dispatcher.dispatch(event("a", "1"));
  assert.deepEqual([seen, reported], [["1"], ["mine"]]);
});

test("a handler removed by an earlier one of the same event is not called", () => {
  const dispatcher = new Dispatcher();
  const seen = [];
  let stop = () => {};
  dispatcher.subscribe("a", () => stop());
  stop = dispatcher.subscribe("a", collect(seen));
  dispatcher.dispatch(event("a", "1"));
  assert.deepEqual(seen, []);
});

test("events without a handler are kept and handed over in order, once, before newer ones", async () => {
  const dispatcher = new Dispatcher();
  const seen = [];
  dispatcher.dispatch(event("a", "1"));
  dispatcher.dispatch(event("b", "other"));
  dispatcher.dispatch(event("a", "2"));
  dispatcher.subscribe("a", collect(seen));
  assert.deepEqual(seen, [], "not before subscribe has returned");
  await undefined;
  dispatcher.dispatch(event("a", "3"));
  assert.deepEqual(seen, ["1", "2", "3"]);
});

test("a subscription that is gone at once, as in StrictMode, does not swallow the kept events", async () => {
  const dispatcher = new Dispatcher();
  const [first, second] = [[], []];
  dispatcher.dispatch(event("a", "1"));
  dispatcher.subscribe("a", collect(first))();
  await undefined;
  dispatcher.subscribe("a", collect(second));
  await undefined;
  assert.deepEqual([first, second], [[], ["1"]]);
});

test("system events are not kept, and * does not take an event from its own handlers", async () => {
  const dispatcher = new Dispatcher();
  const seen = [];
  dispatcher.subscribe("*", () => {});
  for (const type of ["open", "welcome", "heartbeat", "close", "error", "a"]) dispatcher.dispatch(event(type, type));
  for (const type of ["open", "welcome", "heartbeat", "close", "error", "a"]) dispatcher.subscribe(type, collect(seen));
  await undefined;
  assert.deepEqual(seen, ["a"]);
});

test("what is kept has a limit, in number and in size; the oldest go first", async () => {
  const dispatcher = new Dispatcher();
  const seen = [];
  for (let number = 0; number < 150; number += 1) dispatcher.dispatch(event("a", `${number}`));
  dispatcher.subscribe("a", collect(seen));
  await undefined;
  assert.deepEqual([seen.length, seen[0], seen.at(-1)], [100, "50", "149"]);

  const large = new Dispatcher();
  const sizes = [];
  for (let number = 0; number < 5; number += 1) large.dispatch(event("a", "x".repeat(400_000)));
  large.subscribe("a", (received) => sizes.push(received.data.length));
  await undefined;
  assert.deepEqual(sizes, [400_000, 400_000]);
});

test("forget drops what was kept", async () => {
  const dispatcher = new Dispatcher();
  const seen = [];
  dispatcher.dispatch(event("a", "1"));
  dispatcher.forget();
  dispatcher.subscribe("a", collect(seen));
  await undefined;
  assert.deepEqual(seen, []);
});

test("kept events come before newer ones when the first handler subscribes inside another's handler", () => {
  const dispatcher = new Dispatcher();
  const seen = [];
  for (const data of ["1", "2"]) dispatcher.dispatch(event("b", data));
  dispatcher.once("a", () => dispatcher.subscribe("b", collect(seen)));
  dispatcher.dispatch(event("a"));
  dispatcher.dispatch(event("b", "3"));
  assert.deepEqual(seen, ["1", "2", "3"], "one chunk, with no time in between");
});

test("a handler that subscribes while kept events are handed over gets its own in order", async () => {
  const dispatcher = new Dispatcher();
  const seen = [];
  for (const [type, data] of [["b", "1"], ["a", ""], ["b", "2"]]) dispatcher.dispatch(event(type, data));
  dispatcher.once("a", () => dispatcher.subscribe("b", collect(seen)));
  await undefined;
  dispatcher.dispatch(event("b", "3"));
  assert.deepEqual(seen, ["1", "2", "3"]);
});

test("an event sent by a handler during the handing over comes after the kept ones", async () => {
  const dispatcher = new Dispatcher();
  const seen = [];
  for (const data of ["1", "2"]) dispatcher.dispatch(event("a", data));
  dispatcher.subscribe("a", ({ data }) => {
    seen.push(data);
    if (data === "1") dispatcher.dispatch(event("a", "3"));
  });
  await undefined;
  assert.deepEqual(seen, ["1", "2", "3"]);
});

test("unsubscribe ends a once, too; once takes one of the kept events and leaves the others", async () => {
  const dispatcher = new Dispatcher();
  const seen = [];
  const handler = collect(seen);
  dispatcher.once("a", handler);
  dispatcher.unsubscribe("a", handler);
  for (const data of ["1", "2"]) dispatcher.dispatch(event("a", data));
  dispatcher.once("a", handler);
  await undefined;
  dispatcher.subscribe("a", handler);
  await undefined;
  assert.deepEqual(seen, ["1", "2"]);
});

test("what came after the last handler left is kept for ten seconds, what came before any handler for good", async () => {
  const realNow = performance.now;
  let now = 0;
  performance.now = () => now;
  const dispatcher = new Dispatcher();
  const seen = [];
  dispatcher.dispatch(event("early", "early"));
  dispatcher.subscribe("a", collect(seen))();
  dispatcher.dispatch(event("a", "old"));
  now = 9999;
  dispatcher.dispatch(event("a", "new"));
  dispatcher.subscribe("a", collect(seen))();
  now = 10_000;
  dispatcher.subscribe("early", collect(seen));
  dispatcher.subscribe("a", collect(seen));
  await undefined;
  performance.now = realNow;
  assert.deepEqual(seen, ["early", "new"]);
});
