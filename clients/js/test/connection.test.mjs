import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, test } from "node:test";
import { Connection } from "../dist/connection.js";
import { FakeClock, settle } from "./support/clock.mjs";
import { FakePage, ScriptedHub } from "./support/hub.mjs";

let clock, hub, page, log, connection;
const realRandom = Math.random;

beforeEach(() => {
  clock = new FakeClock();
  Math.random = () => 0;
  hub = new ScriptedHub();
  page = new FakePage();
});
afterEach(() => {
  connection?.stop();
  assert.equal(clock.pending, 0, "no timer outlives the connection");
  assert.equal(page.watchers.size, 0, "nobody watches the page any more");
  assert.equal(hub.open.length, 0, "no stream is left open");
  clock.restore();
  Math.random = realRandom;
});

async function start(options = {}, lastEventId = "") {
  log = { events: [], states: [], gaps: 0, problems: [], snapshot: undefined };
  const owner = {
    onEvent: (event) => log.events.push(event),
    onSnapshot: (snapshot) => {
      log.snapshot = snapshot;
      if (log.states.at(-1) !== snapshot.connectionState) log.states.push(snapshot.connectionState);
    },
    onGap: () => (log.gaps += 1),
    onProblem: (message) => log.problems.push(message),
  };
  const all = { url: "http://hub.test/sse/connect/auth", fetch: hub.fetch, ...options };
  connection = new Connection(() => all, owner, lastEventId, page);
  connection.start();
  await settle();
  return all;
}

const types = () => log.events.map((event) => event.type);
const data = () => log.events.filter((event) => event.type === "note").map((event) => JSON.parse(event.data));

test("it asks for the stream with the token, and is open with the hub's first event", async () => {
  await start({ getToken: () => "t0ken", clientId: "cid_1" });
  const { url, init, headers } = hub.last;
  assert.equal(url.href, "http://hub.test/sse/connect/auth?clientId=cid_1");
  assert.equal(headers.get("Authorization"), "Bearer t0ken");
  assert.equal(headers.get("Accept"), "text/event-stream");
  assert.equal(headers.get("Last-Event-ID"), null);
  assert.deepEqual([init.cache, init.credentials], ["no-store", "same-origin"]);
  assert.equal(log.snapshot.connectionState, "connecting");
  await hub.last.accept();
  assert.equal(log.snapshot.connectionState, "connecting");
  await hub.last.welcome();
  assert.deepEqual(log.states, ["connecting", "open"]);
  assert.deepEqual([log.snapshot.isConnected, log.snapshot.connectionId], [true, "conn_0123456789abcdef"]);
  assert.deepEqual(types(), ["open", "welcome"]);
});

test("a clientId in the address is left as it is, and cookies go to other origins on demand", async () => {
  await start({ url: "http://hub.test/api/sse/connect/auth?clientId=mine&x=1", clientId: "cid_1", withCredentials: true });
  assert.equal(hub.last.url.search, "?clientId=mine&x=1");
  assert.equal(hub.last.init.credentials, "include");
  assert.equal(hub.last.headers.has("Authorization"), false);
});

test("it resumes from the last event that was whole, with the id as UTF-8 bytes", async () => {
  await start();
  await hub.last.welcome({ id: "0" });
  await hub.last.event("note", 1, "é€");
  await hub.last.send("id: lost\nevent: note\ndata: 2\n");
  await hub.last.cut();
  await clock.advance(3000);
  const sent = hub.last.headers.get("Last-Event-ID");
  assert.equal(Buffer.from(sent, "latin1").toString("utf8"), "é€");
  assert.deepEqual(data(), [1]);
});

test("a block with nothing but an id moves the position", async () => {
  await start();
  await hub.last.welcome({ id: "1" });
  await hub.last.send("id: 2\n\n");
  await hub.last.cut();
  await clock.advance(3000);
  assert.equal(hub.last.headers.get("Last-Event-ID"), "2");
});

for (const how of ["end", "cut"]) {
  test(`a stream that ${how}s is followed by the next one, after the first delay`, async () => {
    await start();
    await hub.last.welcome({ retry: 5000 });
    await hub.last[how]();
    assert.equal(log.snapshot.connectionState, "connecting");
    assert.equal(log.snapshot.isConnected, false);
    assert.equal(log.snapshot.error.kind, "network");
    assert.equal(log.snapshot.retryAt, Date.now() + 5000);
    await clock.advance(4999);
    assert.equal(hub.requests.length, 1);
    await clock.advance(1);
    assert.equal(hub.requests.length, 2);
  });
}

test("the delays grow with each failure, and start again after a stream that lasted 5 seconds", async () => {
  await start({ reconnectDelay: 100 });
  const delays = [];
  for (let round = 0; round < 10; round += 1) {
    await hub.last.cut();
    delays.push(clock.next);
    await clock.advance(clock.next);
  }
  assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);

  await hub.last.welcome({ retry: 100, heartbeatInterval: 0 });
  await clock.advance(4999);
  await hub.last.cut();
  assert.equal(clock.next, 30_000, "opened and soon lost: that counts on");
  await clock.advance(30_000);
  await hub.last.welcome({ retry: 100, heartbeatInterval: 0 });
  await clock.advance(5000);
  await hub.last.cut();
  assert.deepEqual([clock.next, log.snapshot.attempts], [100, 1]);
});

test("after the allowed number of attempts the state is error and stays so, until told to reconnect", async () => {
  await start({ maxReconnectAttempts: 2, reconnectDelay: 1 });
  for (let round = 0; round < 3; round += 1) {
    await hub.last.cut();
    await clock.advance(30_000);
  }
  assert.equal(hub.requests.length, 3);
  assert.equal(log.snapshot.connectionState, "error");
  await page.wake();
  await clock.advance(1e7);
  assert.equal(hub.requests.length, 3);
  connection.reconnect();
  await settle();
  assert.equal(hub.requests.length, 4);
});

for (const status of [408, 425, 429, 500, 502, 503]) {
  test(`status ${status} is tried again, not before Retry-After`, async () => {
    await start({ reconnectDelay: 10 });
    await hub.last.answer(status, { "Retry-After": "20" });
    assert.equal(log.snapshot.error.status, status);
    await page.wake();
    await clock.advance(19_999);
    assert.equal(hub.requests.length, 1);
    await clock.advance(1);
    assert.equal(hub.requests.length, 2);
  });
}

test("status 404, as during a deploy, is tried again after half a minute", async () => {
  await start({ reconnectDelay: 10 });
  await hub.last.answer(404);
  assert.deepEqual([log.snapshot.connectionState, log.snapshot.error.status], ["connecting", 404]);
  await clock.advance(29_999);
  assert.equal(hub.requests.length, 1);
  await clock.advance(1);
  await hub.last.welcome();
  assert.equal(log.snapshot.isConnected, true);
});

test("shouldRetry decides about every answer but 204, 401 and 403", async () => {
  const asked = [];
  const shouldRetry = (response) => (asked.push(response.status), { 404: false, 410: true, 503: undefined }[response.status]);
  await start({ reconnectDelay: 10, shouldRetry });
  await hub.last.answer(503);
  await clock.advance(10);
  await hub.last.answer(410);
  await clock.advance(30_000);
  assert.equal(hub.requests.length, 3);
  await hub.last.answer(404);
  assert.deepEqual([log.snapshot.connectionState, asked], ["error", [503, 410, 404]]);
  for (const status of [401, 204]) {
    connection.reconnect();
    await settle();
    await hub.last.answer(status);
  }
  assert.equal(asked.length, 3);
});

test("a shouldRetry that throws is told, and changes nothing", async () => {
  await start({ shouldRetry: () => assert.fail("mine") });
  await hub.last.answer(410);
  assert.deepEqual([log.snapshot.connectionState, log.problems], ["error", ["shouldRetry failed."]]);
});

for (const status of [205, 210, 299, 400, 406, 410]) {
  test(`status ${status} ends in error`, async () => {
    await start();
    await hub.last.answer(status, { "Content-Type": "text/event-stream" });
    assert.deepEqual([log.snapshot.connectionState, log.snapshot.error.status], ["error", status]);
    assert.equal(clock.pending, 0);
  });
}

test("status 204 closes", async () => {
  await start();
  await hub.last.answer(204);
  assert.deepEqual(log.states, ["connecting", "closed"]);
});

const { vectors } = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url)));
const contentTypes = [
  ...vectors.filter((vector) => vector.mime).map(({ mime, fails }) => [mime, !fails]),
  ["TEXT/Event-Stream", true],
  ["text/event-stream ; charset=utf-8", true],
  ["text/event-streams", false],
  ["text/html", false],
];
for (const [type, accepted] of contentTypes) {
  test(`content type ${type} is ${accepted ? "accepted" : "refused"}`, async () => {
    await start();
    await hub.last.accept({ "Content-Type": type });
    await hub.last.send("data: x\n\n");
    assert.equal(log.snapshot.connectionState, accepted ? "open" : "connecting");
    if (accepted) return;
    assert.equal(log.snapshot.error.kind, "content-type");
    assert.equal(clock.next, 30_000, "a proxy's page, perhaps: it is tried again, but slowly");
  });
}

for (const status of [401, 403]) {
  test(`${status} asks once for a fresh token, at once, and a second one is final`, async () => {
    const asked = [];
    await start({ getToken: ({ refresh }) => (asked.push(refresh), `t${asked.length}`) });
    await hub.last.answer(status);
    assert.deepEqual(asked, [false, true]);
    assert.equal(hub.last.headers.get("Authorization"), "Bearer t2");
    await hub.last.answer(status);
    assert.deepEqual([log.snapshot.connectionState, log.snapshot.error.kind], ["error", "unauthorized"]);
    assert.equal(hub.requests.length, 2);
  });
}

test("after a stream that opened, a refused token is worth a fresh one again", async () => {
  let asked = 0;
  await start({ getToken: ({ refresh }) => ((asked += refresh ? 1 : 0), "t") });
  for (let round = 1; round <= 2; round += 1) {
    await hub.last.answer(401);
    await hub.last.welcome();
    await hub.last.cut();
    await clock.advance(3000);
    assert.equal(asked, round);
  }
});

test("without a way to get a token, 401 is final at once", async () => {
  await start();
  await hub.last.answer(401);
  assert.equal(log.snapshot.connectionState, "error");
});

test("a getToken that fails is tried again later", async () => {
  let fails = true;
  await start({
    getToken: async () => {
      if (fails) throw new Error("login server is down");
      return "t";
    },
  });
  assert.equal(hub.requests.length, 0);
  assert.equal(log.snapshot.error.kind, "token");
  fails = false;
  await clock.advance(3000);
  assert.equal(hub.requests.length, 1);
});

test("a hidden or offline page does not retry, and does at once when it is back", async () => {
  for (const [name, change] of [
    ["hidden", (hidden) => ((page.hidden = hidden), hidden || page.wake())],
    ["offline", (offline) => page.setOffline(offline)],
  ]) {
    hub.requests.length = 0;
    await start();
    await hub.last.welcome();
    await change(true);
    await hub.last.cut();
    await clock.advance(20_000);
    assert.equal(hub.requests.length, 1, name);
    assert.deepEqual([log.snapshot.connectionState, log.snapshot.waiting], ["connecting", name]);
    await change(false);
    assert.equal(hub.requests.length, 2, name);
    connection.stop();
  }
});

for (const host of ["localhost", "hub.localhost", "127.0.0.1", "127.8.0.1", "[::1]"]) {
  test(`for ${host} no network is needed`, async () => {
    page.offline = true;
    await start({ url: `http://${host}/sse` });
    await hub.last.welcome();
    await page.setOffline(true);
    assert.equal(log.snapshot.isConnected, true);
    await hub.last.cut();
    await clock.advance(3000);
    assert.equal(hub.requests.length, 2);
  });
}

test("signals that come together make one stream", async () => {
  await start();
  await hub.last.welcome();
  await clock.advance(1000);
  await hub.last.cut();
  page.wake();
  page.signal("online");
  await page.wake();
  assert.equal(hub.requests.length, 2);
  await hub.last.welcome();
  await page.wake();
  assert.equal(hub.requests.length, 2);
});

test("a hidden page keeps a stream that is open, and a first connect does not wait", async () => {
  page.hidden = true;
  await start();
  await hub.last.welcome();
  await hub.last.event("note", 1, "1");
  assert.deepEqual(data(), [1]);
});

test("a page that goes into the back/forward cache lets go of the stream and resumes it when it is shown", async () => {
  await start();
  await hub.last.welcome();
  await hub.last.event("note", 1, "7");
  await page.leave();
  assert.equal(hub.open.length, 0);
  await clock.advance(1e6);
  assert.equal(hub.requests.length, 1);
  await page.wake();
  assert.equal(hub.requests.length, 2);
  assert.equal(hub.last.headers.get("Last-Event-ID"), "7");
});

test("2.5 heartbeat intervals without a byte, and the connection is replaced at once", async () => {
  await start();
  await hub.last.welcome({ heartbeatInterval: 10_000 });
  await clock.advance(24_000);
  await hub.last.send(":\n");
  await clock.advance(24_999);
  assert.equal(hub.requests.length, 1);
  await clock.advance(1);
  assert.equal(hub.requests[0].aborted, true);
  assert.equal(log.snapshot.error.kind, "silent");
  await clock.advance(0);
  assert.equal(hub.requests.length, 2);
});

test("silence is nothing to a client that was told not to mind it, or when no heartbeat was announced", async () => {
  for (const [options, open] of [[{ enableHeartbeat: false }, {}], [{}, { heartbeatInterval: 0 }]]) {
    hub.requests.length = 0;
    await start(options);
    await hub.last.welcome(open);
    await clock.advance(1e7);
    assert.equal(hub.requests.length, 1);
    connection.stop();
  }
});

test("a hub that accepts and says nothing is given up after 15 seconds", async () => {
  await start();
  await hub.last.accept();
  await clock.advance(14_999);
  assert.equal(log.snapshot.error, null);
  await clock.advance(1);
  assert.equal(log.snapshot.error.kind, "silent");
});

test("after a sleep the bytes that waited are read before the stream is judged", async () => {
  await start();
  await hub.last.welcome();
  clock.sleep(3_600_000);
  await page.wake();
  await hub.last.event("heartbeat", {}, "5");
  await clock.advance(5000);
  assert.equal(hub.requests.length, 1, "alive");
  clock.sleep(3_600_000);
  await page.wake();
  await clock.advance(4999);
  assert.equal(hub.requests.length, 1, "it has 5 seconds to show a byte");
  await clock.advance(1);
  assert.equal(hub.requests.length, 2, "dead");
});

test("close is obeyed: no reconnect for disconnected and replaced, and the position stays usable", async () => {
  for (const reason of ["disconnected", "replaced"]) {
    await start();
    await hub.last.welcome();
    await hub.last.event("note", 1, "9");
    await hub.last.event("close", { reason, reconnect: false }, "closed");
    assert.deepEqual([log.snapshot.connectionState, log.snapshot.closeReason], ["closed", reason]);
    await page.wake();
    assert.equal(clock.pending, 0);
    connection.reconnect();
    await settle();
    assert.equal(hub.last.headers.get("Last-Event-ID"), "9");
    connection.stop();
  }
});

for (const reason of ["shutdown", "slow-consumer", "timeout"]) {
  test(`close with reason ${reason} is followed by a reconnect after the delay`, async () => {
    await start();
    await hub.last.welcome({ retry: 700 });
    await hub.last.event("close", { reason, reconnect: true });
    assert.equal(log.snapshot.closeReason, reason);
    await clock.advance(699);
    assert.equal(hub.requests.length, 1);
    await clock.advance(1);
    assert.equal(hub.requests.length, 2);
  });
}

for (const reason of ["token-expired", "revoked"]) {
  test(`after ${reason} a fresh token is asked for before the reconnect, which is at once the first time only`, async () => {
    const asked = [];
    await start({ getToken: ({ refresh }) => (asked.push(refresh), `t${asked.length}`) });
    for (let round = 0; round < 2; round += 1) {
      await hub.last.welcome();
      await hub.last.event("close", { reason, reconnect: true });
      await clock.advance(0);
    }
    assert.deepEqual(asked, [false, true]);
    assert.equal(hub.last.headers.get("Authorization"), "Bearer t2");
    await clock.advance(6000);
    assert.deepEqual(asked, [false, true, true]);
  });
}

test("a page whose token is revoked for good stops after one more try", async () => {
  const asked = [];
  await start({ getToken: ({ refresh }) => (asked.push(refresh), "t") });
  await hub.last.welcome();
  await hub.last.event("close", { reason: "revoked", reconnect: true });
  await clock.advance(0);
  await hub.last.answer(401);
  await clock.advance(60_000);
  assert.equal(log.snapshot.connectionState, "error");
  assert.deepEqual(asked, [false, true]);
});

test("a gap is told", async () => {
  await start({}, "old-1");
  assert.equal(hub.last.headers.get("Last-Event-ID"), "old-1");
  await hub.last.welcome({ replay: "gap", id: "new-5" });
  assert.equal(log.gaps, 1);
  await hub.last.cut();
  await clock.advance(3000);
  assert.equal(hub.last.headers.get("Last-Event-ID"), "new-5");
  await hub.last.welcome({ replay: "complete" });
  assert.equal(log.gaps, 1);
});

test("no event reaches anybody after stop, not even one of the same chunk", async () => {
  await start();
  await hub.last.welcome();
  const seen = log.events;
  const push = seen.push.bind(seen);
  seen.push = (event) => {
    push(event);
    if (event.data === "1") connection.stop();
  };
  await hub.last.send("id: 1\nevent: note\ndata: 1\n\nid: 2\nevent: note\ndata: 2\n\n");
  assert.deepEqual(data(), [1]);
  assert.equal(connection.lastEventId, "1");
  assert.equal(log.snapshot.connectionState, "closed");
});

test("start twice is one stream; reconnect replaces it", async () => {
  await start();
  connection.start();
  await settle();
  assert.equal(hub.requests.length, 1);
  connection.reconnect();
  await settle();
  assert.deepEqual(hub.requests.map((request) => request.aborted), [true, false]);
});

test("what an address is not ends in error", async () => {
  await start({ url: "http://" });
  assert.equal(log.snapshot.connectionState, "error");
  assert.equal(hub.requests.length, 0);
});

test("in a hidden tab, where every timer is late, silence is noticed all the same", async () => {
  await start();
  await hub.last.welcome();
  for (let minute = 0; minute < 4; minute += 1) {
    clock.sleep(60_000);
    await clock.advance(0);
  }
  assert.equal(hub.requests[0].aborted, true);
});
