import assert from "node:assert/strict";
import { test } from "node:test";
import { ToastQueue } from "../dist/toast/toast-queue.js";

const info = (name, duration = 6000) => ({ name, level: "info", duration });
const error = (name) => ({ name, level: "error", duration: Infinity });
const names = (toasts) => toasts.map(({ name }) => name);

function queueOf(...toasts) {
  const queue = new ToastQueue();
  for (const toast of toasts) queue.add(toast, 0);
  return queue;
}

test("a toast is seen for its time, and the next is due to the millisecond", () => {
  const queue = queueOf(info("a", 1000), info("b", 3000));
  assert.equal(queue.nextDue, 1000);
  queue.advance(999);
  assert.deepEqual(names(queue.shown), ["a", "b"]);
  queue.advance(1000);
  assert.deepEqual(names(queue.shown), ["b"]);
  assert.equal(queue.nextDue, 3000);
  queue.advance(3000);
  assert.deepEqual([queue.shown, queue.nextDue], [[], Infinity]);
});

test("an error stays until it is closed, whatever else comes", () => {
  const fire = error("fire");
  const queue = queueOf(fire);
  for (let number = 0; number < 100; number += 1) queue.add(info(number), number);
  queue.advance(1e9);
  assert.deepEqual(names(queue.shown), ["fire"].concat(names(queue.shown).slice(1)));
  queue.remove(fire, 1e9);
  assert.ok(!names(queue.shown).includes("fire"));
});

test("unread errors keep nothing else from being shown", () => {
  const queue = queueOf(...[1, 2, 3, 4, 5].map((number) => error(number)), info("tea"));
  assert.deepEqual(names(queue.shown), [1, 2, 3, "tea"]);
  assert.equal(queue.more, 2);
});

test("three of a lane are shown, nine wait in order, and what is more is a number", () => {
  const queue = queueOf(...Array.from({ length: 12 }, (_, number) => info(number)));
  assert.deepEqual(names(queue.shown), [0, 1, 2]);
  assert.deepEqual(names(queue.waiting), [3, 4, 5, 6, 7, 8, 9, 10, 11]);
  queue.add(info(12), 0);
  assert.deepEqual(names(queue.waiting), [4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.equal(queue.more, 10);
  queue.advance(6000);
  assert.deepEqual(names(queue.shown), [4, 5, 6]);
  assert.equal(queue.more, 7);
  for (const now of [12_000, 18_000, 24_000]) queue.advance(now);
  assert.deepEqual([queue.shown, queue.more], [[], 0], "when all are gone, the number is");
});

test("twenty errors wait; the first ones are those that are shown", () => {
  const queue = queueOf(...Array.from({ length: 24 }, (_, number) => error(number)));
  assert.deepEqual(names(queue.shown), [0, 1, 2]);
  assert.deepEqual([queue.waiting.length, queue.waiting[0].name, queue.more], [20, 4, 21]);
});

test("while the page is hidden nothing is shown, and no time passes", () => {
  const queue = queueOf(info("before", 1000));
  queue.attend("away", 400);
  queue.add(info("meanwhile", 1000), 500);
  assert.equal(queue.nextDue, Infinity);
  queue.advance(1e6);
  assert.deepEqual([names(queue.shown), names(queue.waiting)], [["before"], ["meanwhile"]]);
  queue.attend("free", 1e6);
  assert.deepEqual(names(queue.shown), ["before", "meanwhile"]);
  assert.equal(queue.nextDue, 1e6 + 600);
});

test("while somebody reads one, all stay, and what comes is shown", () => {
  const queue = queueOf(info("a", 1000));
  queue.attend("held", 900);
  queue.add(info("b", 1000), 5000);
  queue.attend("free", 9000);
  assert.deepEqual([names(queue.shown), queue.nextDue], [["a", "b"], 9100]);
});

test("what is closed makes room; all can be closed at once", () => {
  const toasts = [1, 2, 3, 4].map((number) => info(number));
  const queue = queueOf(...toasts);
  queue.remove(toasts[1], 0);
  queue.remove(toasts[1], 0);
  assert.deepEqual(names(queue.shown), [1, 3, 4]);
  queue.clear();
  assert.deepEqual([queue.shown, queue.waiting, queue.more], [[], [], 0]);
});
