// Clients that read slowly or not at all, and what that costs: the daemon little, the others nothing.
import type { ConversationEvent, StreamEvent } from "@lathe/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStage, type Stage, token } from "./testing/stage.ts";
import type { TestSocket } from "./testing/test-socket.ts";

const mebibyte = 1_048_576;

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ config: { closeGraceMs: 100, connectionCountMax: 2_000 } });
});
afterEach(() => stage[Symbol.asyncDispose]());

async function follower(name = "a", lastEventId = "0"): Promise<TestSocket> {
  const socket = await stage.connect({ token });
  const answer = await socket.ask({
    type: "subscribe",
    id: "follow",
    operation: "feed.follow",
    input: { name },
    lastEventId,
  });
  expect(answer.type).toBe("subscribed");
  return socket;
}

const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Appends entries until this many follow still, or so much was said that somebody keeps it all. */
async function appendUntilFollowed(name: string, followerCount: number, entryBytes: number): Promise<number> {
  const feed = stage.feed(name);
  let saidBytes = 0;
  while (feed.followerCount > followerCount && saidBytes < 64 * mebibyte) {
    feed.append("x".repeat(entryBytes));
    saidBytes += entryBytes;
    await turnOfLoop();
  }
  return saidBytes;
}

test("C6s, W1: a client that never reads is closed with 1013 when a mebibyte waits, then cut, and resumes", async () => {
  using socket = await follower();
  socket.ws.pause();
  const saidBytes = await appendUntilFollowed("a", 0, 10_000);
  // What the operating system holds on both ends comes on top of what waits here.
  expect(saidBytes).toBeLessThan(20 * mebibyte);
  socket.ws.resume();
  const { code } = await socket.closed;
  expect([1013, 1006]).toContain(code);
  const held = socket.seqs("feed:a");
  expect(held).toEqual(held.map((_seq, at) => at + 1));
  using again = await follower("a", String(held.length));
  const { log } = stage.feed("a");
  await expect.poll(() => again.seqs("feed:a").at(-1)).toBe(log.length);
  expect([...held, ...again.seqs("feed:a")]).toEqual(log.map(({ seq }) => seq));
});

test("C6s: one who reads the reason in time is told it", async () => {
  await using patient = await openStage({ config: { closeGraceMs: 10_000 } });
  using socket = await patient.connect({ token });
  await socket.ask({ type: "subscribe", id: "1", operation: "feed.follow", input: { name: "a" } });
  socket.ws.pause();
  const feed = patient.feed("a");
  while (feed.followerCount > 0) {
    feed.append("x".repeat(10_000));
    await turnOfLoop();
  }
  socket.ws.resume();
  expect(await socket.closed).toEqual({
    code: 1013,
    reason: "Too much waits to be read. Come again, and go on from the last positions.",
  });
});

test("G10: a client that asks for more than it reads is closed as well", async () => {
  using socket = await stage.connect({ token });
  await socket.find((frame) => frame.type === "welcome");
  socket.ws.pause();
  const input = { text: "x".repeat(1_000), count: 500 };
  for (let at = 0; at < 100; at += 1)
    socket.send({ type: "request", id: String(at), operation: "notes.echo", input });
  await expect.poll(() => stage.connectionCount()).toBe(0);
});

test("an answer larger than the bound is sent whole to one who reads", async () => {
  using socket = await stage.connect({ token });
  const answer = await socket.ask({
    type: "request",
    id: "1",
    operation: "notes.echo",
    input: { text: "x".repeat(100_000), count: 80 },
  });
  expect(answer.type === "response" && JSON.stringify(answer.output).length).toBeGreaterThan(8_000_000);
  expect(socket.ws.readyState).toBe(socket.ws.OPEN);
});

test("G10: for one who reads slowly the deltas of a part grow together, no text is lost and no entry", async () => {
  using slow = await follower();
  using quick = await follower();
  const feed = stage.feed("a");
  slow.ws.pause();
  // Entries fill what lies between the two ends; then deltas come, far more of them than may wait one by one.
  while (!feed.isHeldBack) {
    feed.append("x".repeat(10_000));
    await turnOfLoop();
  }
  const deltaCount = 20_000;
  for (let at = 0; at < deltaCount; at += 1) {
    feed.say(`${at} `);
    if (at % 100 === 0) await turnOfLoop();
  }
  feed.append("the end");
  slow.ws.resume();
  await expect.poll(() => slow.seqs("feed:a").at(-1)).toBe(feed.log.length);
  await expect.poll(() => quick.seqs("feed:a").at(-1)).toBe(feed.log.length);
  const [ofSlow, ofQuick] = [slow.events("feed:a"), quick.events("feed:a")];
  expect(textOf(ofSlow)).toBe(textOf(ofQuick));
  expect(slow.seqs("feed:a")).toEqual(feed.log.map(({ seq }) => seq));
  expect(deltasOf(ofQuick)).toBe(deltaCount);
  expect(deltasOf(ofSlow)).toBeLessThan(100);
});

test("a client that catches up with 10,000 entries, many times what may wait, is not closed for it", async () => {
  const feed = stage.feed("a");
  for (let at = 0; at < 10_000; at += 1) feed.append("x".repeat(at % 50 === 0 ? 20_000 : 1_000));
  using socket = await follower();
  socket.ws.pause();
  for (let count = 0; count < 50; count += 1) await turnOfLoop();
  socket.ws.resume();
  await expect.poll(() => socket.seqs("feed:a").length).toBe(10_000);
  expect(socket.seqs("feed:a")).toEqual(feed.log.map(({ seq }) => seq));
});

test("L-2: what one stream says to 300 sockets is the same for all of them, and was serialized once", async () => {
  const sockets = await Promise.all(Array.from({ length: 300 }, () => follower()));
  const feed = stage.feed("a");
  let jsonCount = 0;
  const counted = countingJson(() => {
    jsonCount += 1;
  });
  for (let at = 0; at < 200; at += 1) {
    if (at % 10 === 0) feed.append(`entry ${at}`);
    feed.emit(counted(`delta ${at}`));
    if (at % 3 === 0) await turnOfLoop();
  }
  feed.append("the end");
  for (const socket of sockets) await expect.poll(() => socket.seqs("feed:a").at(-1)).toBe(feed.log.length);
  const histories = new Set(sockets.map((socket) => JSON.stringify(socket.events("feed:a"))));
  expect([histories.size, jsonCount]).toEqual([1, 200]);
  for (const socket of sockets) socket.ws.terminate();
});

test("L-6: a long replay lets everybody else have their turn again and again", async () => {
  const feed = stage.feed("a");
  for (let count = 0; count < 2_000; count += 1) feed.append("x".repeat(1_000));
  using socket = await stage.connect({ token });
  let turnCount = 0;
  let isOver = false;
  const countTurns = (): void => {
    turnCount += 1;
    if (!isOver) setImmediate(countTurns);
  };
  socket.send({
    type: "subscribe",
    id: "1",
    operation: "feed.follow",
    input: { name: "a" },
    lastEventId: "0",
  });
  while (feed.followerCount === 0) await turnOfLoop();
  // Whoever follows is given the first entry later.
  countTurns();
  while (!feed.isCaughtUp) await turnOfLoop();
  isOver = true;
  expect(turnCount).toBeGreaterThan((2 * mebibyte) / 65_536 / 2);
  await socket.find((frame) => frame.type === "event" && "seq" in frame.event && frame.event.seq === 2_000);
});

test("L-3: a hundred that never read are let go, the others receive everything, and memory stays", async () => {
  const readers = await Promise.all(Array.from({ length: 50 }, () => follower()));
  const sleepers = await Promise.all(Array.from({ length: 100 }, () => follower()));
  for (const sleeper of sleepers) sleeper.ws.pause();
  const memoryBefore = process.memoryUsage();
  await appendUntilFollowed("a", readers.length, 20_000);
  const feed = stage.feed("a");
  expect(feed.followerCount).toBe(readers.length);
  await expect.poll(() => stage.connectionCount()).toBe(readers.length);
  feed.append("the end");
  for (const reader of readers) await expect.poll(() => reader.seqs("feed:a").at(-1)).toBe(feed.log.length);
  for (const reader of readers) expect(reader.seqs("feed:a")).toEqual(feed.log.map(({ seq }) => seq));
  for (const sleeper of sleepers) sleeper.ws.terminate();
  const memory = process.memoryUsage();
  // The frames are shared: what waits for a hundred is there once. The clients of this process hold theirs besides.
  expect(memory.external - memoryBefore.external).toBeLessThan(100 * mebibyte);
  for (const reader of readers) reader.ws.terminate();
});

function textOf(events: readonly StreamEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}

function deltasOf(events: readonly StreamEvent[]): number {
  return events.filter(({ type }) => type === "text-delta").length;
}

function countingJson(
  onJson: () => void,
): (text: string) => Extract<ConversationEvent, { type: "text-delta" }> {
  return (text) => {
    const event = {
      type: "text-delta",
      conversationId: "cnv_1",
      turnId: "trn_1",
      stepId: "trn_1#0",
      text,
    } as const;
    // JSON.stringify asks for this once per serialization; it is not part of what is written.
    Object.defineProperty(event, "toJSON", {
      enumerable: false,
      value: () => {
        onJson();
        return { ...event };
      },
    });
    return event;
  };
}
