import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { LeaderTopics } from "../dist/leader-topics.js";

let topics;

beforeEach(() => {
  topics = new LeaderTopics(7);
  topics.hear("leader", ["a"], 0);
  topics.hear("tab", ["b", "c"], 0);
  topics.begin("e-5");
});

const event = (topic) => ({ type: "note", data: "1", lastEventId: "e-9", topic });

test("the stream begins with what all want", () => {
  assert.deepEqual(topics.followed, ["a", "b", "c"]);
});

test("a tab that was not heard for 150 seconds wants nothing any more", () => {
  topics.hear("leader", ["a"], 150_000);
  assert.deepEqual(topics.unwanted(150_000), []);
  assert.deepEqual(topics.unwanted(150_001), ["b", "c"]);
  assert.deepEqual([topics.followed, topics.unwanted(150_001)], [["a"], []]);
});

test("the era changes when the stream loses a topic, not when it gains one", () => {
  const before = topics.era;
  topics.follow(["d"], "e-6");
  topics.lost([]);
  assert.equal(topics.era, before);
  topics.hear("tab", ["b"], 1);
  assert.deepEqual(topics.unwanted(1), ["c", "d"]);
  assert.notEqual(topics.era, before);
  assert.notEqual(new LeaderTopics(8).era, new LeaderTopics(7).era);
});

for (const [names, position, isCovered] of [
  [["a"], "e-5", true],
  [["a"], "e-4", false],
  [[], "e-4", true],
  [["a", "d"], "e-7", false],
  [["a", "d"], "e-8", true],
  [["x"], "e-9", false],
  [["a"], "other", false],
]) {
  test(`what came for ${names.join(", ") || "no topic"} since ${position} is ${isCovered ? "" : "not "}all here`, () => {
    topics.follow(["d"], "e-8");
    assert.equal(topics.covers(names, position), isCovered);
  });
}

test("what no tab has asked for was given to the user, but for what is being left", () => {
  assert.deepEqual(topics.shared(event("a")), event("a"));
  assert.deepEqual(topics.shared(event("x")), { ...event("x"), isGiven: true });
  topics.hear("tab", ["b"], 0);
  topics.unwanted(0);
  assert.deepEqual(topics.shared(event("c")), event("c"));
  topics.left(["c"], "e-9");
  assert.deepEqual(topics.shared(event("c")), event("c"), "it was on its way");
  topics.left(["c"], "e-8");
  assert.deepEqual(topics.shared(event("c")), { ...event("c"), isGiven: true });
});

test("64 topics are followed, and no tab is taken that would need another", () => {
  const names = Array.from({ length: 61 }, (_, number) => `t${number}`);
  assert.equal(topics.hear("second", names, 0), true);
  assert.equal(topics.hear("third", ["b"], 0), true);
  assert.equal(topics.hear("third", ["more"], 0), false);
  assert.deepEqual(topics.missing(["a", "more"]), ["more"]);
});

test("what the stream is told to leave, after it was told to follow it, it does not follow", () => {
  topics.hear("tab", [], 0);
  assert.deepEqual(topics.unwanted(0), ["b", "c"]);
  topics.follow(["b"], "e-6");
  assert.deepEqual(topics.missing(["b"]), ["b"]);
  topics.left(["b"], "e-7");
  topics.follow(["b"], "e-8");
  assert.deepEqual(topics.missing(["b"]), []);
});

test("what it could not be told to leave can be followed again", () => {
  topics.hear("tab", [], 0);
  topics.unwanted(0);
  topics.left(["b", "c"], "");
  topics.follow(["b"], "e-8");
  assert.deepEqual(topics.followed, ["a", "b"]);
});
