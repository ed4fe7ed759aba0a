import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { PushHubClient } from "../dist/core.js";
import { userOfToken } from "../dist/identity.js";
import { FakeClock, settle } from "./support/clock.mjs";
import { jwt, ScriptedHub } from "./support/hub.mjs";

let clock, hub, client;

beforeEach(() => {
  clock = new FakeClock();
  hub = new ScriptedHub();
});
afterEach(() => {
  client?.disconnect();
  client = undefined;
  clock.restore();
});

function make(options = {}) {
  client = new PushHubClient({ url: "http://hub.test/sse/connect/auth", fetch: hub.fetch, ...options });
  return client;
}

test("nothing happens before connect, nor without an address", async () => {
  make();
  await settle();
  assert.equal(hub.requests.length, 0);
  make({ url: null }).connect();
  client.reconnect();
  await settle();
  assert.equal(hub.requests.length, 0);
  assert.equal(client.connectionState, "closed");
});

for (const [what, options] of [["no options", undefined], ["no address", {}], ["an empty address", { url: "" }], ["undefined", { url: undefined }]]) {
  test(`with ${what} nothing is fetched, the page itself neither`, async () => {
    client = new PushHubClient(options && { fetch: hub.fetch, ...options });
    client.connect();
    client.reconnect();
    await settle();
    assert.deepEqual([hub.requests.length, client.connectionState], [0, "closed"]);
  });
}

test("a default spelled out, or a user as number or text, is the same stream", async () => {
  make({ user: 42 }).connect();
  await settle();
  await hub.last.welcome({ id: "5" });
  const url = "http://hub.test/sse/connect/auth";
  client.configure({ url, fetch: hub.fetch, user: "42", clientId: null, shareAcrossTabs: false });
  client.configure({ url, fetch: hub.fetch, user: 42, clientId: undefined });
  await settle();
  assert.deepEqual([hub.requests.length, client.isConnected], [1, true]);
});

test("who joins and leaves a topic is an event like those of applications, also for a handler that comes late", async () => {
  make().connect();
  await settle();
  await hub.last.welcome({ id: "5" });
  const data = { topic: "room", user: "42", action: "join" };
  await hub.last.send(`id: 6\nevent: presence\ntopic: room\ndata: ${JSON.stringify(data)}\n\n`);
  const seen = [];
  client.subscribe("presence", (event) => seen.push([event.topic, event.lastEventId, JSON.parse(event.data)]));
  await settle();
  await hub.last.send(`id: 7\nevent: presence\ntopic: room\ndata: ${JSON.stringify({ ...data, action: "leave" })}\n\n`);
  assert.deepEqual(seen, [["room", "6", data], ["room", "7", { ...data, action: "leave" }]]);
});

test("lastEventId begins where it says, once", async () => {
  const options = { url: "http://hub.test/sse/connect/auth", fetch: hub.fetch, lastEventId: "e-7" };
  make(options).connect();
  await settle();
  assert.equal(hub.last.headers.get("Last-Event-ID"), "e-7");
  client.configure({ ...options, user: "another" });
  client.connect();
  await settle();
  assert.equal(hub.last.headers.get("Last-Event-ID"), null);
});

test("two users in turn from getToken, and a hub that refuses both, end in error after one fresh token", async () => {
  const getToken = ({ refresh }) => jwt({ sub: refresh ? "ben" : "anna" });
  hub.onRequest = (request) => void request.answer(401);
  make({ getToken }).connect();
  await settle();
  await clock.advance(600_000);
  assert.deepEqual([hub.requests.length, client.snapshot.error.kind], [2, "unauthorized"]);
});

test("a close without a reason has none", async () => {
  make().connect();
  await settle();
  await hub.last.welcome();
  await hub.last.send("event: close\ndata: {\"reconnect\":false}\n\n");
  assert.deepEqual([client.connectionState, client.snapshot.closeReason], ["closed", null]);
});

test("its state, its id, its last event", async () => {
  make({ clientId: "cid_1" }).connect();
  const states = [];
  client.onStateChange(() => states.push(client.connectionState));
  await settle();
  assert.deepEqual([client.connectionState, client.isConnected, client.connectionId], ["connecting", false, null]);
  await hub.last.welcome();
  assert.deepEqual([client.connectionState, client.isConnected, client.connectionId], ["open", true, "conn_0123456789abcdef"]);
  await hub.last.event("note", { n: 1 }, "1");
  assert.deepEqual(client.lastEvent, { type: "note", data: '{"n":1}', lastEventId: "1" });
  client.disconnect();
  assert.deepEqual(states, ["open", "closed"]);
  assert.equal(client.clientId, "cid_1");
});

test("without a client id one is made, and stays", async () => {
  make().connect();
  await settle();
  const id = hub.last.url.searchParams.get("clientId");
  assert.match(id, /^cid_[0-9a-f]{24}$/);
  client.reconnect();
  await settle();
  assert.equal(hub.last.url.searchParams.get("clientId"), id);
  assert.equal(make().clientId, id);
});

test("disconnect and connect resume from the last position", async () => {
  make().connect();
  await settle();
  await hub.last.welcome({ id: "5" });
  client.disconnect();
  assert.equal(hub.last.aborted, true);
  client.connect();
  await settle();
  assert.equal(hub.last.headers.get("Last-Event-ID"), "5");
});

test("subscriptions outlive reconnects and another address; the position and kept events do not", async () => {
  const seen = [];
  make().subscribe("note", (event) => seen.push(event.data));
  client.connect();
  await settle();
  await hub.last.welcome({ id: "5" });
  await hub.last.event("unread", 1, "6");
  client.configure({ url: "http://other.test/sse/connect/auth", fetch: hub.fetch });
  assert.equal(client.connectionState, "closed");
  assert.equal(client.lastEvent, null);
  client.connect();
  await settle();
  assert.equal(hub.last.headers.get("Last-Event-ID"), null);
  await hub.last.welcome();
  await hub.last.event("note", 2, "1");
  client.subscribe("unread", (event) => seen.push(event.data));
  await settle();
  assert.deepEqual(seen, ["2"]);
});

test("the same address again changes nothing; new callbacks hold from then on", async () => {
  make({ onGap: () => assert.fail("old") }).connect();
  await settle();
  let gaps = 0;
  client.configure({ url: "http://hub.test/sse/connect/auth", fetch: hub.fetch, onGap: () => (gaps += 1) });
  await hub.last.welcome({ replay: "gap" });
  assert.deepEqual([hub.requests.length, gaps], [1, 1]);
});

test("a token of another user begins anew: no position, no kept event, no last event of the first", async () => {
  let token = jwt({ sub: "anna" });
  const seen = [];
  make({ getToken: () => token }).connect();
  await settle();
  await hub.last.welcome();
  await hub.last.event("secret", "anna's", "1");
  token = jwt({ sub: "ben" });
  client.reconnect();
  await settle();
  assert.equal(client.lastEvent, null);
  assert.equal(hub.requests.length, 2);
  assert.equal(hub.last.headers.get("Authorization"), `Bearer ${token}`);
  assert.equal(hub.last.headers.get("Last-Event-ID"), null);
  await hub.last.welcome();
  client.subscribe("secret", (event) => seen.push(event.data));
  await settle();
  assert.deepEqual(seen, []);
  assert.equal(hub.open.length, 1);
});

test("a listener for everything sees each event once, and lastEvent with it", async () => {
  make().connect();
  await settle();
  const seen = [];
  client.onAnyEvent(() => seen.push(client.lastEvent.type));
  await hub.last.welcome();
  await hub.last.event("note", 1, "1");
  assert.deepEqual(seen, ["open", "welcome", "note"]);
});

test("logEvents writes each event to the console", async () => {
  const realDebug = console.debug;
  const lines = [];
  console.debug = (...words) => lines.push(words);
  make({ logEvents: true }).connect();
  await settle();
  await hub.last.accept();
  await hub.last.event("note", 1, "1");
  console.debug = realDebug;
  assert.deepEqual(lines, [["pushhub:", "note", "1"]]);
});

const tokens = [
  [jwt({ sub: "a" }), "a"],
  [jwt({ id: 42, sub: "a" }), "42"],
  [jwt({ user_id: "é€", sub: "a" }), "é€"],
  [jwt({ id: 2 ** 60 }), undefined],
  [jwt({ id: 1.5 }), undefined],
  [jwt({}), undefined],
  ["opaque", undefined],
  ["a.b.c", undefined],
  [null, undefined],
  [undefined, undefined],
];
for (const [token, user] of tokens) {
  test(`the user of ${token ? Buffer.from(token.split(".")[1] ?? "", "base64url") || token : token} is ${user}`, () => {
    assert.equal(userOfToken(token), user);
  });
}

test("what a listener or a callback throws does not touch the stream", async () => {
  const realError = console.error;
  const reported = [];
  console.error = (error) => reported.push(error.message);
  const fail = (what) => () => {
    throw new Error(what);
  };
  make({ onGap: fail("gap"), onProblem: fail("problem") });
  client.onStateChange(fail("state"));
  client.onAnyEvent(fail("event"));
  const seen = [];
  client.subscribe("note", (event) => seen.push(event.data));
  client.connect();
  await settle();
  await hub.last.welcome({ replay: "gap" });
  await hub.last.event("note", 1, "1");
  console.error = realError;
  assert.deepEqual(seen, ["1"]);
  assert.equal(hub.requests.length, 1);
  assert.deepEqual([...new Set(reported)].sort(), ["event", "gap", "state"]);
});
