// L-1, L-2, L-3, L-6, L-8 in short forms: counts, histories and memory on the running daemon. The long ones are
// `npm run test:load`.
import { expect, test, vi } from "vitest";
import { churn } from "../testing/load/churn.ts";
import { stayIdle } from "../testing/load/idle.ts";
import { replayAtOnce } from "../testing/load/replay.ts";
import { tellWithSlowOnes } from "../testing/load/slow.ts";
import { tellMany } from "../testing/load/told.ts";

vi.setConfig({ testTimeout: 300_000 });

const mebibyte = 1_048_576;

test("L-1: three hundred idle sockets and three hundred idle streams stay open, and cost little", async () => {
  const seen = await stayIdle({ perTransport: 300, heartbeatMs: 2_000, heartbeatCount: 3 });
  expect(seen).toMatchObject({ openCount: 600, closedCount: 0 });
  expect(seen.bytesPerConnection).toBeLessThan(96 * 1_024);
});

test("L-2: a hundred subscribers of one run are told the same, entry by entry and character by character", async () => {
  const seen = await tellMany({ subscriberCount: 100, chunkCount: 400 });
  expect(seen).toMatchObject({ historyCount: 1, differingCount: 0, closedCount: 0 });
  expect(seen.eventCountMin).toBeGreaterThan(100);
});

test("L-3, G10: ten who never read and ten who are slow are let go, and nobody else notices; they resume to the same history", async () => {
  const seen = await tellWithSlowOnes({ readerCount: 30, neverCount: 10, slowCount: 10 });
  expect(seen).toMatchObject({ readersCut: 0, readersDiffering: 0, historyCount: 1 });
  // A stream is ended without a word that it is complete; a socket says why.
  expect(seen.neverClosings).toEqual({ "closed 1013": 5, cut: 5 });
  expect(
    Object.keys(seen.slowClosings).every((closing) => ["closed 1013", "cut", "kept up"].includes(closing)),
  ).toBe(true);
  expect(seen.heldGrowthBytes).toBeLessThan(48 * mebibyte);
});

test("L-6: ten replays at once of a conversation of twenty thousand entries are complete, and block nothing", async () => {
  const seen = await replayAtOnce({ entryCount: 20_000, clientCount: 10 });
  expect(seen).toMatchObject({ completeCount: 10, historyCount: 1 });
  // Replays that do not take turns hold everybody up for as long as one of them takes.
  expect(seen.loopDelayMsMax).toBeLessThan(seen.tookMs / 4);
  expect(seen.heldGrowthBytes).toBeLessThan(10 * mebibyte);
});

test("L-8: connections that come and go, half of them in the middle of the handshake, leave nothing behind", async () => {
  const seen = await churn({ roundCount: 60 });
  expect(seen.descriptorGrowth).toBeLessThanOrEqual(0);
  expect(seen.functionGrowth).toBeLessThan(seen.connectionCount / 4);
  expect(seen.stderr).not.toMatch(/unhandled|rejection|uncaught/i);
});
