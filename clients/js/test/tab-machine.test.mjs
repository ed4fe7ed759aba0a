import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { closedSnapshot } from "../dist/source.js";
import { TabMachine } from "../dist/tab-machine.js";

let machine, world;

beforeEach(() => {
  machine = new TabMachine("tab", "e-1");
  world = { now: 0, wall: 1000, random: 0, isHidden: false };
  send("start");
  send("named", { name: "group" });
});

/** What the machine does about it, but for what it shows; messages by their own kind. */
function send(kind, more = {}) {
  const actions = machine.receive({ kind, ...more }, world);
  return actions.filter((action) => action.kind !== "publish").map((action) => action.message?.kind ?? action.kind);
}

/** Its next deadline comes, or is late by so much. */
function wait(lateness = 0) {
  world.now = machine.deadline + lateness;
  return send("time");
}

const epoch = { begunAt: 1000, endedAt: 0, endedIn: 0, end: null };
const closed = { ...closedSnapshot, closeReason: "disconnected" };

const hear = (more) =>
  send("message", {
    message: {
      kind: "beat", term: 1, position: "e-1", snapshot: closedSnapshot, epoch, isHidden: false, greeting: [], news: null, ...more,
    },
  });

test("a silent leader is asked three times in three seconds, and loses the lead", () => {
  hear({});
  assert.deepEqual(wait(), ["ask"]);
  assert.equal(world.now, 6000);
  assert.deepEqual([wait(), wait(), wait()], [["ask"], ["ask"], ["requestLock", "ask"]]);
  assert.equal(world.now, 9000);
  assert.equal(machine.deadline, 10_000, "the lock may not come: it goes on asking");
});

test("a tab whose timers are late asks once more before it takes the lead: its mail may be still to come", () => {
  hear({});
  assert.deepEqual([wait(60_000), wait(60_000), wait(60_000)], [["ask"], ["ask"], ["requestLock", "ask"]]);
});

test("any word of the leader ends the asking", () => {
  hear({});
  wait();
  wait();
  hear({});
  assert.equal(machine.deadline, world.now + 6000);
  assert.deepEqual(wait(), ["ask"]);
});

test("a leader that does not know that the stream is over is told so at once, however recently it was asked", () => {
  hear({ snapshot: closed, epoch: { ...epoch, endedAt: 2000, endedIn: 1, end: closed } });
  assert.deepEqual(hear({ term: 2 }), ["ask"]);
  assert.deepEqual(hear({ term: 2 }), ["ask"], "and again, for the first may be lost");
  assert.deepEqual(hear({ term: 2, epoch: { ...epoch, endedAt: 2000, endedIn: 1, end: closed } }), []);
});

test("what is missing is asked for once a second", () => {
  hear({});
  world.now += 1000;
  assert.deepEqual(hear({ position: "e-5" }), ["ask"]);
  assert.deepEqual(hear({ position: "e-6" }), []);
  world.now += 1000;
  assert.deepEqual(hear({ position: "e-7" }), ["ask"]);
});
