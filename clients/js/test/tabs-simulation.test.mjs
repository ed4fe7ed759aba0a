import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "./support/random.mjs";
import { TabModel } from "./support/tab-model.mjs";

/**
 * Two to twenty tabs of two users: leaders that crash, freeze, lose their token, are closed, go into the back/forward cache
 * and come back; messages that are late or lost; users that change; a hub that ends the stream for good. At the end each
 * tab has every event since it was first connected, in order, once; each user has one stream, or none where it ended.
 * `PUSHHUB_SEEDS=5000 node --test test/tabs-simulation.test.mjs` is the long run.
 */
const seeds = 250;
const steps = 80;
const users = ["anna", "ben"];

/** One thing that happens; returns its name for the story. */
function step(model, random, most) {
  const tab = random.pick(model.tabs);
  const user = random.pick(users);
  const steps = {
    open: () => model.tabs.length < most && model.open(user, { hasBadToken: random.chance(0.15) }),
    close: () => model.tabs.length > 2 && model.close(tab),
    closeLeader: () => {
      const leader = model.tabs.find((each) => each.isLeading);
      if (leader && model.tabs.length > 2) model.close(leader);
    },
    freezeLeader: () => (model.tabs.find((each) => each.isLeading && !each.isFrozen) ?? tab).freeze(),
    freeze: () => tab.freeze(),
    thaw: () => tab.isFrozen && tab.thaw(),
    away: () => !tab.isFrozen && ((tab.isAway = true), tab.send({ kind: "left" })),
    back: () => tab.isAway && ((tab.isAway = false), tab.send({ kind: "woke" })),
    token: () => (tab.hasBadToken = random.chance(0.5)) && (tab.hadBadToken = true),
    cut: () => tab.stream?.cut(),
    cutAll: () => model.tabs.forEach((each) => each.stream?.cut()),
    reconnect: () => !tab.isFrozen && !tab.isAway && (model.begin(tab), tab.send({ kind: "reconnect" })),
    change: () => {
      if (tab.isFrozen || tab.isAway) return;
      model.close(tab);
      model.open(tab.user === "anna" ? "ben" : "anna");
    },
    end: () => {
      if (model.streams(user).length === 0) return;
      model.end(user);
      model.endedAt.set(user, model.now);
      // Everybody hears of it, unless it is frozen: its mail waits for it.
      model.run(15_000);
      const awake = model.tabs.filter((each) => each.user === user && !each.isFrozen && !each.isAway);
      if (awake.some((each) => each.snapshot.connectionState === "closed")) {
        assert.deepEqual([...new Set(awake.map((each) => each.snapshot.connectionState))], ["closed"]);
        // A frozen tab may have been just connecting.
        if (model.streams(user).length === 0) model.ended.add(user);
      }
    },
    hide: () => (tab.isHidden = random.chance(0.5)),
    wait: () => (model.run(random.below(20_000)), model.beat()),
  };
  const often = ["publish", "publish", "publish", "publish", "elsewhere", "wait", "wait"];
  const name = random.pick([...Object.keys(steps), ...often]);
  if (name === "publish") model.publish(user);
  else if (name === "elsewhere") model.publishElsewhere();
  else steps[name]();
  model.run(random.below(120));
  return name;
}

/** The storm is over: everybody is awake, back, and nothing is lost any more. */
function calm(model) {
  model.loss = 0;
  for (const tab of model.tabs) {
    if (tab.isFrozen) tab.thaw();
    if (tab.isAway) tab.send({ kind: "woke" });
    tab.isAway = false;
  }
  model.run(40_000);
  for (let round = 0; round < 3; round += 1) {
    for (const user of users) model.publish(user);
    model.run(12_000);
    model.beat();
    model.run(12_000);
  }
}

function check(model) {
  for (const user of users) {
    const tabs = model.tabs.filter((tab) => tab.user === user);
    const isAll = (state) => tabs.every((tab) => tab.snapshot.connectionState === state);
    const hasEnded = isAll("closed") && tabs.every((tab) => tab.begunAt <= model.endedAt.get(user));
    const isOver = model.ended.has(user) || isAll("error") || hasEnded;
    const wanted = tabs.length === 0 || isOver ? 0 : 1;
    assert.equal(model.streams(user).length, wanted, `streams of ${user}: ${tabs.map((tab) => tab.snapshot.connectionState)}`);
    for (const tab of tabs) {
      const all = model.notes.filter((note) => note.user === user).map((note) => note.number);
      const first = all.indexOf(tab.notes[0]);
      if (tab.gaps === 0) {
        assert.deepEqual(tab.notes, first < 0 ? [] : all.slice(first, first + tab.notes.length), "in order, once, none left out");
      } else {
        // The hub refused its token when it alone could have got what it had missed: it was told so.
        assert.ok(tab.hadBadToken, "a gap where the hub has everything");
        assert.deepEqual(tab.notes, all.filter((number) => tab.notes.includes(number)), "in order, once");
      }
      if (isOver) continue;
      assert.equal(tab.notes.at(-1), all.at(-1), "up to the newest");
      const since = model.notes.slice(tab.since).find((note) => note.user === user)?.number;
      assert.ok(tab.notes[0] <= since || tab.gaps > 0, `it began with ${tab.notes[0]}, and was connected before ${since}`);
      assert.equal(tab.snapshot.connectionState, "open");
      assert.equal(tab.greetings.at(-1), model.streams(user)[0].connectionId, "it has heard the stream's welcome");
    }
  }
}

test("tabs that come, go, freeze and fail lose and double nothing, on one stream a user", (context) => {
  forSeeds(seeds, context, (seed, random) => {
    const model = new TabModel(random);
    const most = 2 + random.below(19);
    model.loss = random.pick([0, 0, 0.02, 0.1]);
    for (let count = 0; count < 2; count += 1) model.open("anna");
    const story = [];
    try {
      for (let count = 0; count < steps; count += 1) story.push(step(model, random, most));
      calm(model);
      check(model);
    } catch (error) {
      error.message += `\n${model.tabs.map((tab) => tab.describe()).join("\n")}\n${story.slice(-40).join(" ")}`;
      throw error;
    }
  });
});

for (const isHidden of [false, true]) {
  test(`twenty quiet tabs send at most ten messages a second in all, with a leader that is ${isHidden ? "hidden" : "visible"}`, (context) => {
    forSeeds(20, context, (seed, random) => {
      const model = new TabModel(random);
      for (let count = 0; count < 20; count += 1) {
        model.open("anna").isHidden = isHidden && count === 0;
        model.run(random.below(300));
      }
      model.run(30_000);
      model.messages = 0;
      model.run(120_000);
      assert.ok(model.messages <= 10 * 120, `${model.messages / 120} a second`);
      assert.equal(model.streams("anna").length, 1);
    });
  });
}

test("ids that cannot be compared lose and double nothing either", (context) => {
  forSeeds(100, context, (seed, random) => {
    const model = new TabModel(random);
    // As of a server that names its events at random: only sameness tells anything.
    const ids = new Map();
    model.id = (number) => {
      if (!ids.has(number)) ids.set(number, `${random.next()}x`);
      return ids.get(number);
    };
    model.numberOf = (id) => [...ids].find(([, each]) => each === id)[0];
    for (let count = 0; count < 4; count += 1) model.open("anna");
    model.run(100);
    for (let count = 0; count < 40; count += 1) {
      model.publish("anna");
      const tab = random.pick(model.tabs);
      if (random.chance(0.2)) tab.isFrozen ? tab.thaw() : tab.freeze();
      if (random.chance(0.1)) tab.stream?.cut();
      if (random.chance(0.05) && model.tabs.length > 2) model.close(tab);
      model.run(random.below(3000));
    }
    calm(model);
    check(model);
  });
});
