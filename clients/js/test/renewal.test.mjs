import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Connection } from "../dist/connection.js";
import { FakeClock, settle } from "./support/clock.mjs";
import { FakePage, ScriptedHub } from "./support/hub.mjs";

let clock, hub, connection, problems, tokens;

beforeEach(() => {
  clock = new FakeClock();
  hub = new ScriptedHub();
  problems = [];
  tokens = [];
});
afterEach(() => {
  connection.stop();
  assert.equal(clock.pending, 0);
  clock.restore();
});

const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
const renewals = () => hub.requests.filter((request) => request.init.method === "POST");
const streams = () => hub.requests.filter((request) => request.init.method !== "POST");

const counted = ({ refresh }) => (tokens.push(refresh), `t${tokens.length}`);

async function open(tokenExpiresAt, getToken = counted, more = {}, finalUrl = undefined) {
  const options = {
    ...more, url: "http://hub.test/api/sse/connect/auth?x=1", fetch: hub.fetch, getToken, enableHeartbeat: false };
  const owner = { onEvent() {}, onSnapshot() {}, onGap() {}, onProblem: (message) => problems.push(message) };
  connection = new Connection(() => options, owner, "", new FakePage());
  connection.start();
  await settle();
  await hub.last.accept(undefined, finalUrl);
  await hub.last.welcome({ tokenExpiresAt });
}

test("the token is renewed on the open stream 90 seconds before it ends, again and again", async () => {
  await open(at(600));
  for (let round = 1; round <= 3; round += 1) {
    await clock.advance(509_000);
    assert.equal(renewals().length, round - 1);
    await clock.advance(1000);
    assert.equal(renewals().length, round);
    assert.equal(hub.last.url.href, "http://hub.test/api/sse/connections/conn_0123456789abcdef/renew");
    assert.equal(hub.last.headers.get("Authorization"), `Bearer t${round + 1}`);
    await hub.last.answer(200, { "Content-Type": "application/json" }, JSON.stringify({ success: true, tokenExpiresAt: at(600) }));
  }
  assert.deepEqual(tokens, [false, true, true, true]);
  assert.equal(streams().length, 1);
});

test("a short token is renewed when three quarters of it are over", async () => {
  await open(at(20));
  await clock.advance(14_900);
  assert.equal(renewals().length, 0);
  await clock.advance(200);
  assert.equal(renewals().length, 1);
});

test("the token's end is measured by the server's clock", async () => {
  const realNow = Date.now;
  Date.now = () => realNow() + 3_600_000;
  const server = at(600);
  Date.now = realNow;
  // The page's clock is an hour behind the hub's, whose welcome says so.
  const options = { url: "http://hub.test/sse/connect/auth", fetch: hub.fetch, getToken: () => "t", enableHeartbeat: false };
  connection = new Connection(() => options, { onEvent() {}, onSnapshot() {}, onGap() {}, onProblem() {} }, "", new FakePage());
  connection.start();
  await settle();
  await hub.last.accept();
  await hub.last.event("open", { connectionId: "conn_1", tokenExpiresAt: server });
  await hub.last.event("welcome", { timestamp: at(3600) }, "1");
  await clock.advance(509_000);
  assert.equal(renewals().length, 0);
  await clock.advance(2000);
  assert.equal(renewals().length, 1);
});

test("a renewal that fails for the moment is tried again with growing pauses, a refused one is left to the token's end", async () => {
  await open(at(600));
  await clock.advance(510_000);
  await hub.last.answer(503);
  assert.equal(clock.next, 2000);
  await clock.advance(2000);
  await hub.last.cut();
  assert.equal(clock.next, 4000);
  await clock.advance(4000);
  assert.equal(renewals().length, 3);
  await hub.last.answer(404);
  assert.equal(problems.length, 3);
  await clock.advance(1e6);
  assert.equal(renewals().length, 3);
  assert.equal(hub.open.length, 1);
});

test("a renewal that gains nothing is tried again with growing pauses, until the token ends", async () => {
  const end = at(600);
  await open(end);
  const answer = (request) => {
    if (request.init.method === "POST") void request.answer(200, {}, JSON.stringify({ tokenExpiresAt: end }));
  };
  hub.onRequest = answer;
  await clock.advance(600_000);
  assert.equal(renewals().length, 6, "after 510, 512, 516, 524, 540 and 570 seconds");
  assert.equal(streams().length, 1);
});

test("a getToken that does not settle while a token is renewed is asked again", async () => {
  let asked = 0;
  await open(at(600), ({ refresh }) => (refresh && (asked += 1) === 1 ? new Promise(() => {}) : "t"));
  await clock.advance(510_000 + 15_000);
  assert.equal(renewals().length, 0);
  await clock.advance(2000);
  assert.deepEqual([asked, renewals().length], [2, 1]);
});

test("the renewal takes the stream's credentials and headers along, follows its redirect and is itself not redirected", async () => {
  const seen = [];
  const options = {
    withCredentials: true,
    headers: { "X-Tenant": "7" },
    onRequest: ({ method, headers }) => (seen.push(method), headers.set("traceparent", "00-1")),
  };
  await open(at(600), () => "t", options, "http://moved.test/sse/connect/auth");
  await clock.advance(510_000);
  const { init, headers, url } = hub.last;
  assert.deepEqual([init.method, init.credentials, init.redirect], ["POST", "include", "error"]);
  assert.equal(url.href, "http://moved.test/sse/connections/conn_0123456789abcdef/renew");
  for (const request of hub.requests) {
    assert.deepEqual([request.headers.get("X-Tenant"), request.headers.get("traceparent")], ["7", "00-1"]);
  }
  assert.deepEqual(seen, ["GET", "POST"]);
  assert.equal(headers.get("Authorization"), "Bearer t");
});

for (const [what, lifetime, least] of [["a stable stream", 600, 1500], ["a young stream", 4, 1500]]) {
  test(`a renewal answered 403 on ${what} begins another stream after a pause`, async () => {
    await open(at(lifetime));
    await clock.advance((lifetime - Math.min(90, lifetime / 4)) * 1000);
    await hub.last.answer(403);
    assert.equal(streams()[0].aborted, true);
    assert.ok(clock.next >= least, `${clock.next}`);
    await clock.advance(clock.next);
    assert.equal(streams().length, 2);
    assert.deepEqual(tokens, [false, true, true]);
  });
}

test("a token that lives for months does not overflow the timer", async () => {
  await open(at(86_400 * 60));
  await clock.advance(86_400_000 * 59);
  assert.equal(renewals().length, 0);
  await clock.advance(86_400_000 - 80_000);
  assert.equal(renewals().length, 1);
});

for (const [what, expiry] of [["no end", null], ["a malformed end", "soon"], ["an end in the past", new Date(0).toISOString()]]) {
  test(`a token with ${what} is not renewed`, async () => {
    await open(expiry);
    await clock.advance(1e8);
    assert.equal(renewals().length, 0);
  });
}

test("the end of the stream is the end of its renewals", async () => {
  await open(at(600));
  connection.stop();
  assert.equal(clock.pending, 0);
});
