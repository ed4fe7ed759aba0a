import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ConnectionMachine } from "../dist/connection-machine.js";

let machine, world, shown;

beforeEach(() => {
  machine = new ConnectionMachine("e-1");
  const options = { getToken() {} };
  world = { now: 0, wall: 0, random: 0, isHidden: false, isOffline: false, options };
});

/** What the machine does about it, but for what it shows. */
function send(kind, more = {}) {
  world.wall = world.now;
  const actions = machine.receive({ kind, ...more }, world);
  for (const { snapshot } of actions.filter((action) => action.kind === "publish")) shown = snapshot;
  return actions.filter((action) => action.kind !== "publish").map((action) => action.kind);
}

/** Lets time pass, to each deadline in between. */
function pass(milliseconds) {
  const [end, done] = [world.now + milliseconds, []];
  while (machine.deadline <= end) {
    world.now = Math.max(world.now, machine.deadline);
    done.push(...send("time"));
  }
  world.now = end;
  return done;
}

const bytes = (isMidEvent = false) => send("bytes", { isMidEvent });

function open() {
  send("start");
  send("authorized", { isOtherUser: false });
  send("accepted");
  send("opened", { connectionId: "conn_1", heartbeatInterval: 30_000 });
  bytes();
}

test("a getToken that does not settle in 15 seconds is asked again, after the first delay", () => {
  assert.deepEqual(send("start"), ["authorize"]);
  assert.deepEqual(pass(14_999), []);
  assert.deepEqual(pass(1), ["abandon"]);
  assert.equal(shown.error.kind, "token");
  assert.deepEqual(pass(3000), ["authorize"]);
});

test("the time for the token is part of the 15 seconds", () => {
  send("start");
  pass(14_000);
  send("authorized", { isOtherUser: false });
  assert.deepEqual(pass(1000), ["abandon", "authorize"], "silence is answered at once, the first time");
});

test("a wake starts an attempt anew that has no response, at growing distances", () => {
  send("start");
  world.now = 8000;
  assert.deepEqual(send("woke"), ["abandon", "authorize"]);
  assert.deepEqual(send("woke"), [], "the same wake");
  pass(500);
  assert.deepEqual(send("woke"), []);
  assert.deepEqual(pass(1499), []);
  assert.deepEqual(pass(1), ["abandon", "authorize"]);
});

test("the connection's id is there wherever the open event is cut, and whatever comes before it", () => {
  send("start");
  send("authorized", { isOtherUser: false });
  send("accepted");
  bytes(false);
  assert.deepEqual([shown.connectionState, shown.connectionId], ["open", null], "a proxy's comment");
  bytes(true);
  send("opened", { connectionId: "conn_1", heartbeatInterval: 30_000 });
  assert.deepEqual([shown.connectionState, shown.connectionId], ["open", "conn_1"]);
});

for (const hasComment of [false, true]) {
  test(`half an open event and then silence is noticed${hasComment ? ", after a comment too" : ""}`, () => {
    send("start");
    send("authorized", { isOtherUser: false });
    send("accepted");
    if (hasComment) bytes(false);
    pass(5000);
    bytes(true);
    assert.deepEqual(pass(14_999), []);
    assert.deepEqual(pass(1), ["abandon", "authorize"]);
  });
}

test("a first event that comes byte by byte has a minute", () => {
  send("start");
  send("authorized", { isOtherUser: false });
  send("accepted");
  for (let second = 0; second < 59; second += 1) {
    assert.deepEqual(pass(1000), []);
    bytes(true);
  }
  assert.deepEqual(pass(1000), ["abandon", "authorize"]);
});

test("a quiet server that is no pushhub stays open", () => {
  send("start");
  send("authorized", { isOtherUser: false });
  send("accepted");
  bytes(false);
  assert.deepEqual(pass(1e7), []);
  send("opened", { connectionId: null, heartbeatInterval: 0 });
  bytes(true);
  assert.deepEqual(pass(1e7), [], "in the middle of a later event, too");
});

test("the network goes: that is shown, and the stream has 5 seconds to show a byte when it is back", () => {
  open();
  pass(10_000);
  world.isOffline = true;
  send("offline");
  assert.deepEqual([shown.connectionState, shown.isConnected, shown.waiting], ["connecting", false, "offline"]);
  pass(10_000);
  world.isOffline = false;
  send("online");
  assert.deepEqual(pass(4999), []);
  assert.deepEqual(pass(1), ["abandon", "authorize"]);
});

test("a byte is proof: the stream was there all the time", () => {
  open();
  world.isOffline = true;
  send("offline");
  world.isOffline = false;
  send("online");
  pass(4000);
  bytes();
  assert.deepEqual([shown.connectionState, shown.connectionId], ["open", "conn_1"]);
  assert.deepEqual(pass(30_000), []);
});

test("offline is believed for 30 seconds", () => {
  open();
  world.isOffline = true;
  send("offline");
  send("lost", { message: "cut" });
  assert.deepEqual([shown.waiting, pass(29_999)], ["offline", []]);
  assert.deepEqual(pass(1), ["authorize"]);
});

test("a stream that the browser wrongly takes for cut off is checked after 30 seconds", () => {
  open();
  world.isOffline = true;
  send("offline");
  assert.deepEqual(pass(34_999), []);
  assert.deepEqual(pass(1), ["abandon", "authorize"]);
});

test("a wake after more than a heartbeat gives the stream 5 seconds, one after less does not ask", () => {
  open();
  world.now = 29_000;
  send("woke");
  assert.deepEqual(pass(40_000), []);
  send("woke");
  assert.deepEqual(pass(4999), []);
  assert.deepEqual(pass(1), ["abandon", "authorize"]);
});

test("whileHidden tries on in a hidden page", () => {
  world.options.whileHidden = true;
  open();
  world.isHidden = true;
  send("lost", { message: "cut" });
  assert.deepEqual([shown.waiting, pass(3000)], ["backoff", ["authorize"]]);
});

test("a page that comes back cuts a pause short, but a flapping one does not skip the back-off", () => {
  send("start");
  send("lost", { message: "no" });
  pass(1000);
  assert.deepEqual(send("woke"), ["authorize"]);
  const times = [];
  for (let isTrying = true; world.now < 120_000; world.now += 200) {
    if (isTrying) times.push(world.now);
    if (isTrying) send("lost", { message: "no" });
    isTrying = pass(0).includes("authorize") || send("woke").includes("authorize");
  }
  const pauses = times.slice(1).map((time, at) => time - times[at]);
  assert.deepEqual(pauses.map((pause) => Math.round(pause / 1000)).slice(0, 5), [2, 4, 8, 16, 30]);
});

test("a stream that lasted 5 seconds was a success, one that a gateway cuts after 29 too", () => {
  for (let round = 0; round < 3; round += 1) {
    if (round === 0) open();
    pass(29_000);
    send("lost", { message: "cut" });
    assert.equal(shown.attempts, 1);
    assert.deepEqual(pass(3000), ["authorize"]);
    send("authorized", { isOtherUser: false });
    send("accepted");
    send("opened", { connectionId: "conn_2", heartbeatInterval: 30_000 });
    bytes();
  }
});

test("another user's token begins without a position", () => {
  send("start");
  send("authorized", { isOtherUser: true });
  assert.equal(machine.lastEventId, "");
});

test("the pace of another connection goes on", () => {
  send("start", { pace: { attempts: 3, delay: 9000, isRefreshed: true } });
  assert.deepEqual([shown.attempts, shown.retryAt], [3, 9000]);
  assert.deepEqual(pass(9000), ["authorize"]);
  send("authorized", { isOtherUser: false });
  send("refused", { status: 401, message: "", retryAfter: 0 });
  assert.equal(shown.connectionState, "error", "its token was a fresh one");
});
