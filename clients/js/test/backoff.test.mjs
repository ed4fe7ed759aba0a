import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { backoffDelay, retryAfter } from "../dist/backoff.js";

const realRandom = Math.random;
afterEach(() => (Math.random = realRandom));

test("the delay doubles from the second attempt on, up to 30 seconds", () => {
  Math.random = () => 0;
  const delays = [0, 1, 2, 3, 4, 5, 6, 100, 5000].map((attempts) => backoffDelay(attempts, 500));
  assert.deepEqual(delays, [500, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000]);
});

test("no delay is shorter than the first", () => {
  Math.random = () => 0;
  assert.deepEqual([0, 1, 2, 3, 9].map((attempts) => backoffDelay(attempts, 3000)), [3000, 3000, 4000, 8000, 30000]);
  assert.equal(backoffDelay(9, 45_000), 45_000);
});

test("up to half of the delay is taken off at random", () => {
  Math.random = () => 0.999999;
  assert.ok(Math.abs(backoffDelay(0, 3000) - 1500) < 1);
  Math.random = realRandom;
  const delays = Array.from({ length: 500 }, () => backoffDelay(3, 3000));
  assert.ok(delays.every((delay) => delay > 4000 && delay <= 8000));
  assert.ok(new Set(delays).size > 400);
});

test("a delay that would overflow a timer is cut to a day", () => {
  Math.random = () => 0;
  assert.equal(backoffDelay(0, 1e15), 86_400_000);
  assert.equal(retryAfter("99999999999"), 86_400_000);
});

const cases = [
  ["", 0],
  ["soon", 0],
  ["-5", 0],
  ["1.5", 0],
  ["0", 0],
  ["7", 7000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
];
for (const [header, wait] of cases) {
  test(`Retry-After: ${header} is ${wait} ms`, () => {
    Math.random = () => 0;
    assert.equal(retryAfter(header), wait);
  });
}

test("Retry-After takes a date, and is lengthened a little, never shortened", () => {
  const wait = retryAfter(new Date(Date.now() + 60_000).toUTCString());
  assert.ok(wait > 58_000 && wait < 66_001, `${wait}`);
  Math.random = () => 0.5;
  assert.equal(retryAfter("10"), 10_500);
});
