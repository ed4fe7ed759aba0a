import assert from "node:assert/strict";
import { test } from "node:test";
import { isAfter } from "../dist/position.js";
import { TabHistory } from "../dist/tab-history.js";

const event = (id, type = "note", data = "") => ({ type, data, lastEventId: id });
const ids = (entries) => entries?.map((entry) => entry?.lastEventId ?? "gap") ?? null;

for (const [a, b, answer] of [
  ["e-2", "e-1", true],
  ["e-10", "e-9", true],
  ["e-9", "e-10", false],
  ["e-9", "e-9", false],
  ["99999999999999999999", "99999999999999999998", true],
  ["f-2", "e-1", undefined],
  ["2", "e-1", undefined],
  ["e-02", "e-1", undefined],
  ["uuid", "e-1", undefined],
  ["e-1", "", undefined],
]) {
  test(`${a} ${answer === undefined ? "cannot be compared with" : answer ? "comes after" : "does not come after"} "${b}"`, () => {
    assert.equal(isAfter(a, b), answer);
  });
}

test("a history knows what came after a position, up to its limits", () => {
  const history = new TabHistory();
  history.moveTo("e-1");
  for (const each of [event("e-2"), event("e-4", "heartbeat"), event("e-5")]) history.take(each);
  const since = (...positions) => positions.map((position) => ids(history.since(position)));
  assert.deepEqual(since("e-1", "e-2", "e-3", "e-4", "e-5"), [["e-2", "e-5"], ["e-5"], ["e-5"], ["e-5"], []]);
  assert.deepEqual(since("e-0", "e-6", "f-1", ""), [null, null, null, null], "too old, not yet, of another stream, none");
  history.take(event("e-6", "note", "x".repeat(1024 * 1024)));
  assert.deepEqual(since("e-5"), [["e-6"]], "as much as it may hold");
  history.take(event("e-7", "note", "x"));
  assert.deepEqual(since("e-5", "e-6", "e-7"), [null, ["e-7"], []], "one unit more");
});

test("of ids that cannot be compared it knows those it has had", () => {
  const history = new TabHistory();
  history.moveTo("a");
  for (const id of ["b", "c"]) history.take(event(id));
  assert.deepEqual(["a", "b", "c", "d"].map((id) => ids(history.since(id))), [["b", "c"], ["c"], [], null]);
  assert.deepEqual(["a", "b", "c", "d"].map((id) => history.hasSeen(id)), [true, true, true, false]);
  assert.deepEqual([history.isReachedBy("c"), history.isReachedBy("b")], [true, false]);
});

test("it remembers a gap, once, where it was", () => {
  const history = new TabHistory();
  history.moveTo("e-1");
  assert.deepEqual([history.takeGap(), history.takeGap()], [true, false]);
  history.take(event("e-9"));
  assert.deepEqual(["e-1", "e-9"].map((id) => ids(history.since(id))), [["gap", "e-9"], []]);
});

test("after a restart it knows nothing of what came before", () => {
  const history = new TabHistory();
  history.moveTo("e-1");
  history.take(event("e-2"));
  history.restart();
  history.moveTo("e-8");
  history.take(event("e-9"));
  assert.deepEqual(["e-1", "e-2", "e-5", "e-8"].map((id) => ids(history.since(id))), [null, null, null, ["e-9"]]);
  assert.equal(history.hasSeen("e-2"), true, "what was taken is not taken again");
});
