import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "./support/random.mjs";
import { givenTopic, TabModel } from "./support/tab-model.mjs";

/**
 * Tabs of two users with topics of their own, which they add and remove; leaders that crash, freeze, go away and are cut;
 * messages that are late or lost. Each tab has every note of each of its topics once, in order, from the place on that it
 * was told, and none of another's; and all notes of its user. `PUSHHUB_SEEDS=5000` is the long run.
 */
const seeds = 250;
const steps = 80;
const users = ["anna", "ben"];
const topics = ["a", "b", "c", "d"];

function some(random, most) {
  return topics.filter(() => random.chance(0.3)).slice(0, most);
}

function step(model, random, most) {
  const tab = random.pick(model.tabs);
  const steps = {
    open: () => model.tabs.length < most && model.open(random.pick(users), { topics: some(random, 3) }),
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
    cut: () => tab.stream?.cut(),
    cutAll: () => model.tabs.forEach((each) => each.stream?.cut()),
    reconnect: () => !tab.isFrozen && !tab.isAway && tab.send({ kind: "reconnect" }),
    add: () => tab.isFrozen || tab.add([random.pick(topics)]),
    addAgain: () => tab.isFrozen || tab.add(some(random, 2).concat("d")),
    remove: () => tab.isFrozen || tab.remove([random.pick(topics)]),
    hide: () => (tab.isHidden = random.chance(0.5)),
    wait: () => (model.run(random.below(20_000)), model.beat()),
    sleep: () => random.chance(0.1) && model.run(200_000),
  };
  const often = ["publish", "publish", "topic", "topic", "topic", "topic", "given", "elsewhere", "wait", "wait", "add", "remove"];
  const name = random.pick([...Object.keys(steps), ...often]);
  if (name === "publish") model.publish(random.pick(users));
  else if (name === "topic") model.publishTo(random.pick(topics));
  else if (name === "given") model.publishTo(givenTopic);
  else if (name === "elsewhere") model.publishElsewhere();
  else steps[name]();
  model.run(random.below(120));
  return name;
}

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
    for (const topic of [...topics, givenTopic]) model.publishTo(topic);
    model.run(12_000);
    model.beat();
    model.run(12_000);
  }
}

/** The numbers are all that there are, from the first of them on. */
function checkAll(numbers, all, what) {
  const first = all.indexOf(numbers[0]);
  assert.deepEqual(numbers, first < 0 ? [] : all.slice(first, first + numbers.length), `${what}: in order, once, none left out`);
}

function check(model) {
  for (const user of users) {
    const tabs = model.tabs.filter((tab) => tab.user === user);
    assert.equal(model.streams(user).length, tabs.length > 0 ? 1 : 0, "one stream");
    for (const tab of tabs) {
      assert.equal(tab.snapshot.connectionState, "open");
      assert.equal(tab.gaps, 0);
      const mine = model.notes.filter((note) => note.user === user || note.topic === givenTopic).map(({ number }) => number);
      checkAll(tab.notes, mine, user);
      assert.equal(tab.notes.at(-1), mine.at(-1), "up to the newest");
      for (const { topic, from, notes, isOver } of tab.follows) {
        const all = model.notes.filter((note) => note.topic === topic).map(({ number }) => number);
        const begin = from ?? model.notes[tab.since]?.number - 1;
        checkAll(notes, all, topic);
        assert.ok(notes.length === 0 || from === undefined || notes[0] === all.find((number) => number > from), `${topic}: ${notes} of ${all}, from its place on, ${from}`);
        const value = all.findLast((number) => number <= model.notes[tab.since - 1]?.number);
        if (from === undefined && value !== undefined && !isOver) {
          assert.ok(notes[0] <= value, `${topic} from ${notes[0]}, without the value ${value} that was there when it came`);
        }
        if (isOver) continue;
        assert.equal(notes.at(-1), all.at(-1), `${topic} up to the newest`);
        const first = all.find((number) => number > begin);
        assert.ok(from !== undefined || notes[0] <= first, `${topic} from ${notes[0]}, and it was connected before ${first}`);
      }
      assert.equal(tab.waitsFor, 0, "nothing that was added is still waited for");
    }
  }
}

test("tabs that add and remove topics, come, go, freeze and fail lose and double nothing of their own", (context) => {
  let most = 0;
  forSeeds(seeds, context, (seed, random) => {
    const model = new TabModel(random);
    model.hasTopics = true;
    model.loss = random.pick([0, 0, 0.02, 0.1]);
    const tabs = 2 + random.below(9);
    for (let count = 0; count < 2; count += 1) model.open("anna", { topics: some(random, 3) });
    const story = [];
    try {
      for (let count = 0; count < steps; count += 1) story.push(step(model, random, tabs));
      calm(model);
      check(model);
      most = Math.max(most, model.connections);
    } catch (error) {
      error.message += `\n${model.tabs.map((tab) => tab.describe()).join("\n")}\n${story.slice(-40).join(" ")}`;
      throw error;
    }
  });
  context.diagnostic(`at most ${most} streams in a story`);
});
