import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { TabSource } from "../dist/tabs.js";
import { FakeBrowser } from "./support/browser.mjs";
import { FakeClock, settle } from "./support/clock.mjs";
import { FakePage, ScriptedHub } from "./support/hub.mjs";

/**
 * Random tabs open, close, sleep, go into the back/forward cache and lose connections, while a hub with a whole history
 * publishes. Whatever happens, each tab must have every event since its first, in order, once.
 */
const seeds = 60;
const steps = 60;

let clock, browser;
const realRandom = Math.random;
const realChannel = globalThis.BroadcastChannel;

beforeEach(() => {
  clock = new FakeClock();
  browser = new FakeBrowser();
  browser.install();
});
afterEach(() => {
  Math.random = realRandom;
  clock.restore();
  browser.uninstall();
  globalThis.BroadcastChannel = realChannel;
});

class Model {
  notes = [];
  tabs = [];
  hub = new ScriptedHub();

  constructor(seed) {
    this.state = seed;
    Math.random = () => this.random(1_000_000) / 1_000_000;
    this.hub.onRequest = (request) => void this.#answer(request);
  }

  random(below) {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * below);
  }

  async #answer(request) {
    const from = request.headers.get("Last-Event-ID") ?? `${this.notes.length}`;
    await request.welcome({ id: from, retry: 10, replay: "complete" });
    for (let number = Number(from) + 1; number <= this.notes.length; number += 1) {
      await request.event("note", number, `${number}`);
    }
    request.isLive = true;
  }

  async push() {
    this.notes.push(this.notes.length + 1);
    const number = this.notes.length;
    await Promise.all(this.hub.open.map((request) => request.isLive && request.event("note", number, `${number}`)));
  }

  /** As the hub does: never past an event that this stream still waits for. */
  async beat() {
    const id = `${this.notes.length}`;
    await Promise.all(this.hub.open.map((request) => request.isLive && request.event("heartbeat", {}, id)));
  }

  async open() {
    const tab = { notes: [], gaps: 0, page: new FakePage(), isAway: false };
    const owner = {
      onEvent: (event) => event.type === "note" && tab.notes.push(Number(event.data)),
      onSnapshot: ({ isConnected }) => isConnected && (tab.since ??= this.notes.length),
      onGap: () => (tab.gaps += 1),
      onProblem() {},
    };
    const options = { url: "http://hub.test/sse/connect/auth", fetch: this.hub.fetch, user: "anna", shareAcrossTabs: true };
    tab.source = new TabSource(() => options, owner, tab.page);
    tab.source.start();
    await clock.advance(100);
    this.tabs.push(tab);
  }

  async step() {
    const tab = this.tabs[this.random(this.tabs.length)];
    const channel = browser.channels[this.random(browser.channels.length)];
    switch (this.random(9)) {
      case 0:
        if (this.tabs.length < 6) await this.open();
        return "open";
      case 1:
        if (this.tabs.length < 2) return "";
        this.tabs.splice(this.tabs.indexOf(tab), 1);
        tab.source.stop();
        return "close";
      case 2:
        if (channel) channel.frozen = !channel.frozen;
        if (channel && !channel.frozen) setImmediate(() => channel.deliver());
        return "freeze or thaw";
      case 3:
        tab.isAway = !tab.isAway;
        await (tab.isAway ? tab.page.leave() : tab.page.wake());
        return "away or back";
      case 4:
        await this.hub.open[0]?.cut();
        return "cut";
      case 5:
        await clock.advance(this.random(12_000));
        await this.beat();
        return "wait";
      default:
        await this.push();
        return "push";
    }
  }

  async finish() {
    for (const channel of browser.channels) {
      channel.frozen = false;
      channel.deliver();
    }
    for (const tab of this.tabs) if (tab.isAway) await tab.page.wake();
    for (let round = 0; round < 5; round += 1) {
      for (let second = 0; second < 40; second += 1) {
        await clock.advance(1000);
        await this.#replaysDone();
      }
      await this.push();
      await this.beat();
    }
  }

  /** The clock jumps; the bytes of a replay still need their turns of the event loop. */
  async #replaysDone() {
    while (this.hub.open.some((request) => !request.isLive)) await settle();
    await settle();
  }
}

test(`${seeds} random histories lose and double nothing`, async () => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const model = new Model(seed);
    await model.open();
    const story = [];
    for (let step = 0; step < steps; step += 1) {
      story.push(await model.step());
      if (model.random(3) === 0) await settle();
    }
    await model.finish();
    for (const [at, tab] of model.tabs.entries()) {
      const wanted = model.notes.slice(model.notes.length - tab.notes.length);
      assert.deepEqual(tab.notes, wanted, `seed ${seed}, tab ${at}: ${story.join(", ")}`);
      assert.ok(tab.notes.length >= model.notes.length - tab.since, `seed ${seed}, tab ${at} missed the beginning: ${story.join(", ")}`);
      assert.equal(tab.gaps, 0, `seed ${seed}, tab ${at}`);
    }
    assert.equal(model.hub.open.length, 1, `seed ${seed}`);
    for (const tab of model.tabs) tab.source.stop();
    await settle();
    assert.equal(clock.pending, 0, `seed ${seed}`);
    assert.equal(browser.channels.length, 0, `seed ${seed}`);
  }
});
