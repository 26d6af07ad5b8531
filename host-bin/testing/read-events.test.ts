import fc from "fast-check";
import { expect, test } from "vitest";
import { readEvents } from "./read-events.ts";

async function read(bytes: Uint8Array, sizes: readonly number[]): Promise<string[]> {
  const events: string[] = [];
  for await (const event of readEvents(cut(bytes, sizes))) events.push(event);
  return events;
}

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const size of sizes) {
    yield bytes.subarray(start, start + size);
    start += size;
  }
  yield bytes.subarray(start);
}

test("however the bytes are cut, the events are the same", async () => {
  const texts = fc.array(fc.string({ unit: "grapheme" }), { maxLength: 10 });
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(texts, sizes, async (all, cuts) => {
      const sent = all.map((text) => JSON.stringify({ text }));
      const frames = sent.map((json, seq) => `event: x\nid: ${seq}\ndata: ${json}\n\n: ping\n\n`).join("");
      expect(await read(new TextEncoder().encode(frames), cuts)).toEqual(sent);
    }),
  );
});

test("data lines of one event are joined, and lines may end with CR LF", async () => {
  const frames = 'data: {"a":\r\ndata: 1}\r\n\r\ndata:{}\n\n';
  expect(await read(new TextEncoder().encode(frames), [])).toEqual(['{"a":\n1}', "{}"]);
});

test("the event that ends a stream is no data, and says that it is complete", async () => {
  const whole = readEvents(cut(new TextEncoder().encode("data: 1\n\nevent: end\ndata: {}\n\n"), [12]));
  expect(await whole.next()).toEqual({ value: "1", done: false });
  expect(await whole.next()).toEqual({ value: true, done: true });
  const broken = readEvents(cut(new TextEncoder().encode("data: 1\n\nevent: end\ndata: {}\n"), []));
  expect(await broken.next()).toEqual({ value: "1", done: false });
  expect(await broken.next()).toEqual({ value: false, done: true });
});

test("an event without its blank line is left out", async () => {
  expect(await read(new TextEncoder().encode('data: {}\n\ndata: {"half"'), [])).toEqual(["{}"]);
});
