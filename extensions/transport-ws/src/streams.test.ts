// What is followed: each entry once and in order, from where the client says that it is.

import type { ServerFrame } from "@lathe/wire";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStage, type Stage, token } from "./testing/stage.ts";
import type { TestSocket } from "./testing/test-socket.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ config: { framesPerSecondMax: 10_000 } });
});
afterEach(() => stage[Symbol.asyncDispose]());

let askedCount = 0;
function follow(socket: TestSocket, name: string, lastEventId?: string): Promise<ServerFrame> {
  askedCount += 1;
  const id = `follow-${askedCount}`;
  const from = lastEventId === undefined ? {} : { lastEventId };
  return socket.ask({ type: "subscribe", id, operation: "feed.follow", input: { name }, ...from });
}

const numbers = (first: number, last: number): readonly number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);

test("a subscription is answered with the output and the stream's name, then come the events, then the end", async () => {
  using socket = await stage.connect({ token });
  stage.feed("a").append("one");
  expect(await follow(socket, "a")).toMatchObject({
    type: "subscribed",
    output: { lastSeq: 1 },
    stream: "feed:a",
  });
  await expect.poll(() => socket.seqs("feed:a")).toEqual([1]);
  stage.feed("a").say("live");
  stage.feed("a").end();
  await socket.find((frame) => frame.type === "end");
  expect(socket.frames.slice(1).map((frame) => frame.type)).toEqual(["subscribed", "event", "event", "end"]);
  expect(socket.events("feed:a").map(({ type }) => type)).toEqual(["user-message", "text-delta"]);
  await expect.poll(() => stage.feed("a").followerCount).toBe(0);
});

test("what is over has no stream, and what cannot be followed is a problem", async () => {
  using socket = await stage.connect({ token });
  const ask = async (id: string, operation: string, input: object): Promise<ServerFrame> =>
    socket.ask({ type: "subscribe", id, operation, input: { ...input } });
  expect(await ask("1", "feed.follow", { name: "a", over: "before" })).toMatchObject({ stream: null });
  expect(await ask("2", "feed.follow", { name: "a", over: "broken" })).toMatchObject({
    type: "problem",
    problem: { code: "stream-failed" },
  });
  expect(await ask("3", "notes.echo", { text: "x" })).toMatchObject({ problem: { code: "not-followable" } });
  expect(await ask("4", "notes.none", {})).toMatchObject({ problem: { code: "unknown-operation" } });
  expect(stage.feed("a").followerCount).toBe(0);
});

test("one socket follows many streams, and each event goes to those who follow its stream", async () => {
  using one = await stage.connect({ token });
  using other = await stage.connect({ token: "reader-1" });
  for (const name of ["a", "b", "c"]) await follow(one, name);
  await follow(other, "b");
  for (const name of ["a", "b", "c"]) stage.feed(name).append(`of ${name}`);
  await expect.poll(() => one.seqs("feed:c")).toEqual([1]);
  await expect.poll(() => other.seqs("feed:b")).toEqual([1]);
  expect([one.seqs("feed:a"), one.seqs("feed:b"), other.frames.length]).toEqual([[1], [1], 3]);
});

test("what was left is not told any more, and the others are", async () => {
  using socket = await stage.connect({ token });
  await follow(socket, "a");
  await follow(socket, "b");
  socket.send({ type: "unsubscribe", stream: "feed:a" });
  socket.send({ type: "unsubscribe", stream: "feed:a" });
  socket.send({ type: "unsubscribe", stream: "feed:none" });
  await socket.ask({ type: "ping", id: "behind" });
  expect([stage.feed("a").followerCount, stage.feed("b").followerCount]).toEqual([0, 1]);
  stage.feed("a").append("unheard");
  stage.feed("b").append("heard");
  await expect.poll(() => socket.seqs("feed:b")).toEqual([1]);
  expect(socket.seqs("feed:a")).toEqual([]);
});

test("a stream that is followed again begins again, from the new position, and comes once", async () => {
  using socket = await stage.connect({ token });
  for (const text of ["one", "two", "three"]) stage.feed("a").append(text);
  await follow(socket, "a");
  await expect.poll(() => socket.seqs("feed:a")).toEqual([1, 2, 3]);
  await follow(socket, "a", "1");
  await expect.poll(() => socket.seqs("feed:a")).toEqual([1, 2, 3, 2, 3]);
  stage.feed("a").append("four");
  await expect.poll(() => socket.seqs("feed:a")).toEqual([1, 2, 3, 2, 3, 4]);
  expect(stage.feed("a").followerCount).toBe(1);
});

test("one stream more than a socket may follow is refused, and welcome when another was left", async () => {
  await using narrow = await openStage({ config: { subscriptionCountMax: 2 } });
  using socket = await narrow.connect({ token });
  await follow(socket, "a");
  await follow(socket, "b");
  expect(await follow(socket, "c")).toMatchObject({
    problem: { status: 429, code: "too-many-subscriptions" },
  });
  expect(narrow.calls.seen.length).toBe(2);
  socket.send({ type: "unsubscribe", stream: "feed:a" });
  expect((await follow(socket, "c")).type).toBe("subscribed");
});

test("a burst of subscriptions never gets more than the limit, in whatever order they are answered", async () => {
  await using narrow = await openStage({ config: { subscriptionCountMax: 5 } });
  using socket = await narrow.connect({ token });
  const answers = await Promise.all(numbers(1, 20).map((at) => follow(socket, `f${at}`)));
  expect(answers.filter(({ type }) => type === "subscribed").length).toBe(5);
});

test("S3: resumed at random positions, over sockets that drop at any moment, a stream has no gap and nothing twice", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ appendCount: fc.nat(30), heardCount: fc.nat(30), cut: fc.boolean() }), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.nat({ max: 1_000_000 }),
      async (visits, salt) => {
        const name = `s${salt}`;
        const feed = stage.feed(name);
        const held: number[] = [];
        for (const { appendCount, heardCount, cut } of visits) {
          using socket = await stage.connect({ token });
          for (let at = 0; at < appendCount; at += 1) {
            // Some are there before, some come while it catches up, some when it has.
            if (at === Math.floor(appendCount / 3))
              void follow(socket, name, String(held.length)).catch(() => {});
            feed.append(`entry ${feed.log.length + 1}`);
            feed.say("a delta in between");
            if (at % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
          }
          if (appendCount === 0) void follow(socket, name, String(held.length)).catch(() => {});
          const expectedCount = Math.min(heardCount, feed.log.length - held.length);
          await expect
            .poll(() => socket.seqs(`feed:${name}`).length, { interval: 1 })
            .toBeGreaterThanOrEqual(expectedCount);
          if (cut) socket.ws.terminate();
          else socket.ws.close();
          await socket.closed;
          held.push(...socket.seqs(`feed:${name}`));
        }
        using last = await stage.connect({ token });
        await follow(last, name, String(held.length));
        const missingCount = feed.log.length - held.length;
        await expect.poll(() => last.seqs(`feed:${name}`).length, { interval: 1 }).toBe(missingCount);
        held.push(...last.seqs(`feed:${name}`));
        expect(held).toEqual(numbers(1, feed.log.length));
      },
    ),
    { numRuns: 60 },
  );
});
