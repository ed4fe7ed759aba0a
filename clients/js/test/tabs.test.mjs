import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { TabHistory } from "../dist/tab-history.js";
import { TabSource } from "../dist/tabs.js";
import { FakeBrowser } from "./support/browser.mjs";
import { FakeClock, settle } from "./support/clock.mjs";
import { FakePage, jwt, ScriptedHub } from "./support/hub.mjs";

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
  for (const tab of tabs) {
    freeze(tab, false);
    tab.source.stop();
  }
  await settle();
  assert.equal(clock.pending, 0, "no timer is left");
  assert.equal(browser.channels.length, 0, "no channel is left");
  assert.equal(browser.waiting, 0, "no lock is held or waited for");
  assert.equal(hub.open.length, 0, "no stream is left");
  clock.restore();
  browser.uninstall();
  globalThis.BroadcastChannel = realChannel;
});

async function openTab({ user = "anna", url = "http://hub.test/sse/connect/auth", ...options } = {}) {
  const tab = { events: [], gaps: 0, page: new FakePage(), snapshot: undefined };
  const owner = {
    onEvent: (event) => tab.events.push(event),
    onSnapshot: (snapshot) => (tab.snapshot = snapshot),
    onGap: () => (tab.gaps += 1),
    onProblem() {},
  };
  const all = { url, fetch: hub.fetch, user, shareAcrossTabs: true, getToken: () => "t", ...options };
  tab.options = all;
  tab.source = new TabSource(() => tab.options, owner, tab.page);
  const before = [...browser.channels];
  tab.source.start();
  await settle();
  tab.channels = browser.channels.filter((channel) => !before.includes(channel));
  tabs.push(tab);
  return tab;
}

/** Its mail waits meanwhile, or (`isLost`) is lost. */
function freeze(tab, isFrozen, isLost = false) {
  for (const channel of tab.channels) {
    channel.frozen = isFrozen;
    if (isLost) channel.mail.length = 0;
    if (!isFrozen) channel.deliver();
  }
}

const notes = (tab) => tab.events.filter((event) => event.type === "note").map((event) => JSON.parse(event.data));

/** Opens tabs, the first of which leads, on one open stream. */
async function openTabs(count) {
  const list = [await openTab()];
  await clock.advance(30);
  await hub.last.welcome({ id: "0" });
  for (let number = 1; number < count; number += 1) list.push(await openTab());
  return list;
}

const note = (number) => hub.last.event("note", number, `${number}`);

test("any number of tabs is one stream, and each gets every event and the state", async () => {
  const list = await openTabs(8);
  assert.equal(hub.requests.length, 1);
  for (const number of [1, 2, 3]) await note(number);
  for (const tab of list) {
    assert.deepEqual(notes(tab), [1, 2, 3]);
    assert.deepEqual([tab.snapshot.connectionState, tab.snapshot.connectionId], ["open", "conn_0123456789abcdef"]);
  }
});

test("a tab that opens later gets the state, and the events from then on", async () => {
  await openTabs(1);
  await note(1);
  const late = await openTab();
  assert.equal(late.snapshot.isConnected, true);
  await note(2);
  assert.deepEqual(notes(late), [2]);
  assert.equal(late.gaps, 0);
});

test("when the leader is closed the next tab takes over from the last event, without loss or repetition", async () => {
  const list = await openTabs(3);
  await note(1);
  list[0].source.stop();
  await settle();
  assert.equal(hub.requests.length, 2);
  assert.equal(hub.last.headers.get("Last-Event-ID"), "1");
  await hub.last.welcome({ replay: "complete", id: "1" });
  await note(2);
  await note(3);
  assert.deepEqual([notes(list[1]), notes(list[2])], [[1, 2, 3], [1, 2, 3]]);
  assert.equal(list[1].gaps + list[2].gaps, 0);
});

test("an event that the leader had and did not hand on comes to the others, and to nobody twice", async () => {
  const list = await openTabs(3);
  await note(1);
  freeze(list[1], true);
  await note(2);
  list[0].source.stop();
  await settle();
  // The next in line has not heard of 2 yet when it leads; the third tab has had it.
  assert.equal(hub.last.headers.get("Last-Event-ID"), "1");
  freeze(list[1], false);
  await hub.last.welcome({ replay: "complete", id: "1" });
  await note(2);
  await note(3);
  await clock.advance(10_000);
  assert.deepEqual([notes(list[1]), notes(list[2])], [[1, 2, 3], [1, 2, 3]]);
  assert.deepEqual([list[1].gaps, list[2].gaps], [0, 0]);
});

test("a frozen leader loses the lock, and follows when it thaws, having missed nothing", async () => {
  const list = await openTabs(3);
  await note(1);
  freeze(list[0], true);
  const frozenStream = hub.last;
  await clock.advance(5500);
  assert.equal(hub.requests.length, 1);
  await clock.advance(6500);
  assert.equal(hub.requests.length, 2, "one tab leads");
  await hub.last.welcome({ replay: "complete", id: "1" });
  await note(2);
  assert.deepEqual([notes(list[1]), notes(list[2])], [[1, 2], [1, 2]]);
  // It thaws: first it reads its old stream, then its mail.
  await frozenStream.event("note", 2, "2");
  freeze(list[0], false);
  await settle();
  assert.equal(frozenStream.aborted, true);
  await note(3);
  for (const tab of list) assert.deepEqual(notes(tab), [1, 2, 3]);
  assert.equal(hub.open.length, 1);
  assert.equal(hub.requests.length, 2);
});

test("a tab that slept and lost its mail gets what it missed from the leader", async () => {
  const list = await openTabs(2);
  await note(1);
  freeze(list[1], true);
  await note(2);
  await note(3);
  freeze(list[1], false, true);
  await list[1].page.wake();
  assert.deepEqual(notes(list[1]), [1, 2, 3]);
  assert.equal(list[1].gaps, 0);
});

test("a tab that missed more than the leader keeps takes the lead, and gets it from the hub", async () => {
  const list = await openTabs(2);
  await note(1);
  freeze(list[1], true);
  for (let number = 2; number <= 520; number += 1) await note(number);
  freeze(list[1], false, true);
  await list[1].page.wake();
  assert.equal(hub.last.headers.get("Last-Event-ID"), "1");
  await hub.last.welcome({ replay: "complete", id: "1" });
  for (let number = 2; number <= 521; number += 1) await note(number);
  const all = Array.from({ length: 521 }, (_, at) => at + 1);
  assert.deepEqual([notes(list[0]), notes(list[1])], [all, all]);
  assert.deepEqual([list[0].gaps, list[1].gaps], [0, 0]);
});

test("a tab that comes back to a younger leader misses nothing", async () => {
  const list = await openTabs(1);
  await note(1);
  await list[0].page.leave();
  list.push(await openTab());
  await clock.advance(30);
  await hub.last.welcome({ id: "3" });
  await note(4);
  await list[0].page.wake();
  assert.equal(hub.last.headers.get("Last-Event-ID"), "1");
  await hub.last.welcome({ replay: "complete", id: "1" });
  for (const number of [2, 3, 4, 5]) await note(number);
  assert.deepEqual([notes(list[0]), notes(list[1])], [[1, 2, 3, 4, 5], [4, 5]]);
});

test("a gap on the hub is told in every tab", async () => {
  const list = await openTabs(3);
  await hub.last.cut();
  await clock.advance(3000);
  await hub.last.welcome({ replay: "gap", id: "900" });
  assert.deepEqual(list.map((tab) => tab.gaps), [1, 1, 1]);
});

test("a living leader is not replaced, however long it has nothing to say", async () => {
  const list = await openTabs(2);
  for (let minute = 0; minute < 10; minute += 1) {
    await clock.advance(20_000);
    await hub.last.send(":\n");
  }
  assert.equal(hub.requests.length, 1);
  assert.equal(list[1].snapshot.isConnected, true);
});

test("tabs of different users, or of different addresses, have nothing to do with each other", async () => {
  const anna = await openTab({ user: null, getToken: () => jwt({ sub: "anna" }) });
  await clock.advance(30);
  const annas = hub.last;
  const ben = await openTab({ user: null, getToken: () => jwt({ sub: "ben" }) });
  await clock.advance(30);
  const bens = hub.last;
  await openTab({ user: null, url: "http://hub.test/other/connect/auth", getToken: () => jwt({ sub: "anna" }) });
  await clock.advance(30);
  assert.equal(hub.requests.length, 3);
  await annas.welcome();
  await bens.welcome();
  await annas.event("note", "for anna", "1");
  await bens.event("note", "for ben", "2");
  assert.deepEqual([notes(anna), notes(ben)], [["for anna"], ["for ben"]]);
});

test("a tab that logs out hears nothing more, and the others go on", async () => {
  const list = await openTabs(2);
  list[0].source.stop();
  await settle();
  await hub.last.welcome({ replay: "complete", id: "0" });
  await note(1);
  assert.deepEqual([notes(list[0]), notes(list[1])], [[], [1]]);
  assert.equal(list[0].snapshot.connectionState, "closed");
});

test("without locks, or without a known user, a tab has its own stream", async () => {
  await openTab({ user: null, getToken: () => "opaque" });
  await openTab({ user: null, getToken: null });
  assert.equal(hub.requests.length, 2);
  delete navigator.locks;
  const tab = await openTab();
  await hub.last.welcome();
  await note(1);
  assert.deepEqual(notes(tab), [1]);
});

test("the stream is retried while any tab is visible, though the leader is hidden", async () => {
  const list = await openTabs(2);
  list[0].page.hidden = true;
  list[1].page.hidden = true;
  await clock.advance(20_000);
  await hub.last.cut();
  await clock.advance(60_000);
  assert.equal(hub.requests.length, 1);
  assert.equal(list[1].snapshot.waiting, "hidden");
  list[1].page.hidden = false;
  await list[1].page.wake();
  assert.equal(hub.requests.length, 2);
});

test("a leader that is put away gives the lead to another, and is a follower when it is back", async () => {
  const list = await openTabs(2);
  await note(1);
  await list[0].page.leave();
  assert.equal(hub.last.headers.get("Last-Event-ID"), "1");
  await hub.last.welcome({ replay: "complete", id: "1" });
  await note(2);
  await list[0].page.wake();
  await note(3);
  for (const tab of list) assert.deepEqual(notes(tab), [1, 2, 3]);
  assert.equal(hub.open.length, 1);
});

test("reconnect in a follower reconnects the shared stream", async () => {
  const list = await openTabs(2);
  list[1].source.reconnect();
  await settle();
  assert.deepEqual(hub.requests.map((request) => request.aborted), [true, false]);
});

test("what ended for all is begun again by a tab that opens", async () => {
  const list = await openTabs(2);
  await hub.last.event("close", { reason: "disconnected", reconnect: false }, "closed");
  assert.deepEqual(list.map((tab) => tab.snapshot.connectionState), ["closed", "closed"]);
  await clock.advance(1);
  await openTab();
  assert.equal(hub.requests.length, 2);
  await hub.last.welcome();
  assert.deepEqual(tabs.map((tab) => tab.snapshot.connectionState), ["open", "open", "open"]);
});

test("a follower's position follows the heartbeats, so that it can take over after a quiet time", async () => {
  const list = await openTabs(2);
  await hub.last.event("heartbeat", {}, "77");
  list[0].source.stop();
  await settle();
  assert.equal(hub.last.headers.get("Last-Event-ID"), "77");
});

test("what ended for good stays ended when the leader's tab closes, and when it comes back from the cache", async () => {
  const list = await openTabs(3);
  await hub.last.event("close", { reason: "disconnected", reconnect: false }, "closed");
  await clock.advance(1);
  list[0].source.stop();
  await clock.advance(20_000);
  await list[1].page.leave();
  await list[1].page.wake();
  await list[2].page.leave();
  await clock.advance(20_000);
  await list[2].page.wake();
  await clock.advance(20_000);
  assert.equal(hub.requests.length, 1);
  for (const tab of list) assert.deepEqual([tab.snapshot.connectionState, tab.snapshot.waiting], ["closed", null]);
  assert.equal(list[2].snapshot.closeReason, "disconnected");
  list[2].source.reconnect();
  await settle();
  await hub.last.welcome();
  assert.deepEqual(list.map((tab) => tab.snapshot.connectionState), ["closed", "open", "open"]);
});

test("a leader whose token is refused hands the lead on, and follows", async () => {
  const first = await openTab({ getToken: () => "bad" });
  const second = await openTab({ getToken: () => "good" });
  hub.onRequest = (request) => {
    if (request.headers.get("Authorization") === "Bearer bad") void request.answer(401);
    else void request.welcome();
  };
  await clock.advance(30);
  await hub.requests[0]?.answer(401);
  await clock.advance(1000);
  assert.deepEqual([first, second].map((tab) => tab.snapshot.connectionState), ["open", "open"]);
  assert.equal(hub.open.length, 1);
  await note(1);
  assert.deepEqual([notes(first), notes(second)], [[1], [1]]);
});

test("where every token is refused each tab asks once, and all say so", async () => {
  hub.onRequest = (request) => void request.answer(401);
  const list = [];
  for (let number = 0; number < 5; number += 1) list.push(await openTab({ getToken: () => `bad ${number}` }));
  await clock.advance(120_000);
  assert.equal(hub.requests.length, 10, "one request, and one with a fresh token, from each");
  assert.deepEqual(new Set(list.map((tab) => tab.snapshot.error?.kind)), new Set(["unauthorized"]));
});

for (const [what, getToken] of [
  ["fails", () => Promise.reject(new Error("login is down"))],
  ["never settles", () => new Promise(() => {})],
]) {
  test(`a getToken that ${what} while a tab starts ends nothing: it is asked again`, async () => {
    const list = await openTabs(1);
    const late = await openTab({ user: null, getToken });
    await clock.advance(15_000);
    assert.deepEqual([late.snapshot.connectionState, late.snapshot.error.kind], ["connecting", "token"]);
    late.options = { ...late.options, getToken: () => jwt({ sub: "anna" }) };
    await clock.advance(16_000);
    assert.equal(late.snapshot.isConnected, true);
    assert.equal(hub.requests.length, 1);
    await note(1);
    assert.deepEqual(notes(late), notes(list[0]));
  });
}

test("a leader that gets no token lets another try, with growing pauses", async () => {
  const first = await openTab({ getToken: () => Promise.reject(new Error("login is down")) });
  const second = await openTab();
  hub.onRequest = (request) => void request.welcome();
  await clock.advance(30_000);
  assert.equal(hub.requests.length, 1);
  assert.deepEqual([first.snapshot.isConnected, second.snapshot.isConnected], [true, true]);
});

for (const [why, options] of [
  ["has no known user", { user: null, getToken: () => "opaque" }],
  ["has no locks", {}],
]) {
  test(`a tab that ${why} keeps its position over reconnect, and over disconnect and connect`, async () => {
    if (why === "has no locks") delete navigator.locks;
    const { source } = await openTab(options);
    await hub.last.welcome({ id: "3" });
    await note(4);
    source.reconnect();
    await settle();
    assert.equal(hub.last.headers.get("Last-Event-ID"), "4");
    await hub.last.welcome({ id: "4" });
    await note(5);
    source.stop();
    source.start();
    await settle();
    assert.equal(hub.last.headers.get("Last-Event-ID"), "5");
    assert.equal(hub.open.length, 0);
  });
}

test("every tab hears open and welcome of the stream, once", async () => {
  const list = await openTabs(3);
  const heard = (tab) => tab.events.map((event) => event.type).filter((type) => type === "open" || type === "welcome");
  assert.deepEqual(list.map(heard), Array(3).fill(["open", "welcome"]));
  await hub.last.cut();
  await clock.advance(3000);
  await hub.last.welcome({ id: "0", connectionId: "conn_second" });
  await clock.advance(20_000);
  assert.deepEqual(list.map(heard), Array(3).fill(["open", "welcome", "open", "welcome"]));
});

test("a pause of the back-off goes on under another leader", async () => {
  const list = await openTabs(2);
  for (let round = 0; round < 4; round += 1) {
    await hub.last.cut();
    await clock.advance(list[0].snapshot.retryAt - Date.now() + 1);
  }
  const { length } = hub.requests;
  await hub.last.cut();
  list[0].source.stop();
  await clock.advance(5000);
  assert.equal(hub.requests.length, length);
});
