import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffDelay, growingGap, retryAfter, slowDelay } from "../dist/backoff.js";

const delays = (list, first, random = 0) => list.map((attempts) => backoffDelay(attempts, first, random));

test("the delay doubles with each attempt, up to 30 seconds", () => {
  assert.deepEqual(delays([0, 1, 2, 3, 4, 5, 6, 100, 5000], 500), [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  assert.deepEqual(delays([0, 1, 2, 3, 4, 9], 3000), [3000, 6000, 12000, 24000, 30000, 30000]);
});

test("no delay is shorter than the first", () => {
  assert.deepEqual(delays([0, 9], 45_000), [45_000, 45_000]);
});

for (const first of [0, -1, NaN, 3]) {
  test(`a first delay of ${first} ms grows all the same`, () => {
    assert.deepEqual(delays([0, 1, 2, 12], first), [10, 20, 40, 30_000]);
  });
}

test("up to half of the delay is taken off at random", () => {
  assert.equal(backoffDelay(0, 3000, 1), 1500);
  assert.equal(backoffDelay(2, 3000, 0.5), 9000);
  assert.deepEqual([slowDelay(0), slowDelay(1)], [30_000, 27_000]);
});

test("what else may ask for an attempt may do so after 1, 2, 4 and at most 30 seconds", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 99].map(growingGap), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test("a delay that would overflow a timer is cut to a day", () => {
  assert.equal(backoffDelay(0, 1e15, 0), 86_400_000);
  assert.equal(retryAfter("99999999999", 0, 0), 86_400_000);
});

const now = Date.UTC(2025, 10, 24, 16);
const cases = [
  ["", 0],
  ["soon", 0],
  ["-5", 0],
  ["1.5", 0],
  ["0", 0],
  ["7", 7000],
  ["Mon, 24 Nov 2025 16:00:00 GMT", 0],
  ["Mon, 24 Nov 2025 16:01:00 GMT", 60_000],
];
for (const [header, wait] of cases) {
  test(`Retry-After: ${header} is ${wait} ms`, () => assert.equal(retryAfter(header, now, 0), wait));
}

test("Retry-After is lengthened a little, never shortened", () => {
  assert.equal(retryAfter("10", 0, 0.5), 10_500);
});
