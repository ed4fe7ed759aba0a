import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { EventStreamParser } from "../dist/parser.js";

const { vectors } = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url)));
const big = "y".repeat(300_000);
vectors.push({
  name: "big-event",
  body_b64: Buffer.from(`data: ${big}\n\n`).toString("base64"),
  expect: [{ event: "message", data: big, lastEventId: "" }],
});
const parsing = vectors.filter((vector) => !vector.fails);

function parse(chunks, ...rest) {
  const seen = { events: [], retry: undefined, oversize: 0 };
  const parser = new EventStreamParser(
    {
      onEvent: ({ type, data, lastEventId }) => seen.events.push({ event: type, data, lastEventId }),
      onRetry: (milliseconds) => (seen.retry = milliseconds),
      onOversize: () => (seen.oversize += 1),
    },
    ...rest,
  );
  for (const chunk of chunks) parser.push(chunk);
  return { ...seen, id: parser.lastEventId };
}

function check(vector, chunks, how) {
  const { events, retry, id } = parse(chunks);
  assert.deepEqual(events, vector.expect, how);
  if (vector.retry) assert.equal(retry, vector.retry, how);
  else if (vector.retry === null) assert.equal(retry, undefined, how);
  if (vector.finalId !== undefined) assert.equal(id, vector.finalId, how);
}

/** A generator with a seed: a failure can be run again. */
function randomFrom(seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

function randomChunks(bytes, random) {
  const chunks = [];
  for (let start = 0; start < bytes.length; ) {
    const size = random() < 0.2 ? 0 : 1 + Math.floor(random() * Math.max(8, bytes.length / 20));
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  return chunks;
}

test("the vectors are all there", () => {
  assert.equal(vectors.length, 48);
  assert.equal(parsing.length, 39);
});

for (const vector of parsing) {
  const bytes = new Uint8Array(Buffer.from(vector.body_b64, "base64"));
  test(`vector ${vector.name}: whole, byte by byte, cut at every byte, in random chunks`, () => {
    check(vector, [bytes], "whole");
    check(vector, Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)), "byte by byte");
    for (let at = 0; at <= Math.min(bytes.length, 5000); at += bytes.length > 10_000 ? 97 : 1) {
      check(vector, [bytes.subarray(0, at), bytes.subarray(at)], `cut at ${at}`);
    }
    for (let seed = 1; seed <= 50; seed += 1) check(vector, randomChunks(bytes, randomFrom(seed)), `seed ${seed}`);
  });
}

test("a position given at the start holds until an id replaces it", () => {
  const text = new TextEncoder().encode("data: a\n\nid: 2\ndata: b\n\n");
  assert.deepEqual(
    parse([text], "1").events.map((event) => event.lastEventId),
    ["1", "2"],
  );
});

test("an event at the limit passes, a larger one is left out and its id counts", () => {
  const stream = (size) => new TextEncoder().encode(`id: 7\ndata: ${"x".repeat(size - 6)}\n\nid: 8\ndata: next\n\n`);
  for (const [size, oversize] of [[99, 0], [100, 0], [101, 1]]) {
    for (const chunks of [[stream(size)], Array.from(stream(size), (byte) => Uint8Array.of(byte))]) {
      const seen = parse(chunks, "", 100);
      assert.equal(seen.oversize, oversize, `${size}`);
      assert.equal(seen.events.length, 2 - oversize);
      assert.deepEqual(seen.events.at(-1), { event: "message", data: "next", lastEventId: "8" });
    }
  }
});

test("many small lines cannot exceed the limit either", () => {
  const lines = new TextEncoder().encode("data: 0123456789\n".repeat(50) + "\ndata: next\n\n");
  const seen = parse([lines], "", 100);
  assert.equal(seen.oversize, 1);
  assert.deepEqual(seen.events.map((event) => event.data), ["next"]);
});

test("the time is linear in the length, in one line and in many, whatever the chunks", () => {
  const time = (text, size) => {
    const bytes = new TextEncoder().encode(text);
    const chunks = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    const start = performance.now();
    parse(chunks);
    return performance.now() - start;
  };
  // Quadratic, 16 times the length would take 256 times as long; allow 16 times, and a good deal for noise.
  const shapes = [
    (size) => [`data: ${"x".repeat(size)}\n\n`, 1000],
    (size) => ["data: x\n".repeat(size / 8), size],
    (size) => ["data: x\r\n\r\n".repeat(size / 11), 64],
  ];
  for (const shape of shapes) {
    time(...shape(250_000));
    const small = Math.max(time(...shape(250_000)), 1);
    const large = time(...shape(4_000_000));
    assert.ok(large < small * 100, `${small} ms, then ${large} ms`);
  }
});
