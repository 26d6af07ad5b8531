import type { Storage } from "@lathe/kernel";
import { tracesGet, tracesList, tracesPrune, tracesStatus } from "@lathe/wire/operations";
import { expect, test } from "vitest";
import { openTurn, playTurn } from "../testing/play-turn.ts";
import { Stage } from "../testing/stage.ts";

const dayMs = 86_400_000;

async function playDay(stage: Stage, day: number, conversationId: string): Promise<void> {
  const says = [{ role: "user", content: `${day} `.padEnd(20_000, String.fromCharCode(97 + day)) }];
  const calls = [{ callId: `c${day}`, tool: "t", meanwhile: () => stage.clock.advance(1) }];
  playTurn(stage.logger, { turnId: `trn_${day}`, conversationId, transcript: [], steps: [{ says, calls }] });
  await stage.settled();
}

/** Lets hours pass until no more generations are left than these. */
async function prunedTo(stage: Stage, generationCount: number): Promise<void> {
  const count = async (): Promise<number> => {
    await stage.timers.advance(3_600_000);
    return (await stage.storedKeys()).filter(([kind]) => kind === "g").length;
  };
  await expect.poll(count, { interval: 1 }).toBe(generationCount);
}

test("T8: what is older than it may be is removed in the background, with all that belongs to it", async () => {
  const stage = await Stage.open({ settings: { keepDays: 2 } });
  const conversationId = await stage.converse();
  stage.store.startPruning();
  for (let day = 0; day < 5; day++) {
    if (day > 0) await stage.timers.advance(dayMs);
    await playDay(stage, day, conversationId);
  }
  await prunedTo(stage, 2);
  for (const day of [0, 1, 2])
    await expect(stage.ask(tracesGet, { turnId: `trn_${day}` })).rejects.toMatchObject({
      code: "unknown-trace",
    });
  for (const day of [3, 4])
    expect((await stage.ask(tracesGet, { turnId: `trn_${day}` })).spans).toHaveLength(5);
  for (const order of ["newest", "slowest"] as const) {
    const { items } = await stage.ask(tracesList, { order });
    expect(items.map(({ turnId }) => turnId)).toEqual(["trn_4", "trn_3"]);
  }
  const text = JSON.stringify(await stage.storedKeys());
  expect(text).not.toContain("trn_1");
});

test("T8: when there is too much, the oldest goes; the counts tell of what is left", async () => {
  const stage = await Stage.open({ settings: { keepBytesMax: 1_048_576, generationBytesMax: 65_536 } });
  const conversationId = await stage.converse();
  stage.store.startPruning();
  for (let turn = 0; turn < 100; turn++) {
    const says = [{ role: "user", content: `${turn} `.padEnd(40_000, "x") }];
    playTurn(stage.logger, { turnId: `trn_${turn}`, conversationId, transcript: [], steps: [{ says }] });
    await stage.settled();
    await stage.timers.advance(0);
  }
  await stage.timers.advance(3_600_000);
  const status = await stage.ask(tracesStatus, {});
  expect(status.storedBytes).toBeLessThan(1_200_000);
  expect(status.storedBytes).toBeGreaterThan(800_000);
  expect(await stage.storedLength()).toBeLessThan(1_300_000);
  expect((await stage.ask(tracesGet, { turnId: "trn_99" })).spans).toHaveLength(4);
  await expect(stage.ask(tracesGet, { turnId: "trn_0" })).rejects.toMatchObject({ code: "unknown-trace" });
});

test("T8: a prune on request removes everything, the newest too, and says what it removed", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  for (let day = 0; day < 3; day++) await playDay(stage, day, conversationId);
  const { storedBytes } = await stage.ask(tracesStatus, {});
  expect(await stage.ask(tracesPrune, { ageMsMax: 0 })).toEqual({
    generationCount: 1,
    toolCallCount: 3,
    bytes: storedBytes,
  });
  expect((await stage.storedKeys()).map(([kind]) => kind)).toEqual(["g"]);
  expect(await stage.ask(tracesStatus, {})).toMatchObject({ storedBytes: 0, spanCount: 0, oldestAtMs: null });
  await playDay(stage, 4, conversationId);
  expect((await stage.ask(tracesList, {})).items).toHaveLength(1);
  expect(await stage.ask(tracesPrune, { bytesMax: 0 })).toMatchObject({
    generationCount: 1,
    toolCallCount: 1,
  });
});

test("a prune that is aborted ends between two commits, hides what it has begun, and is finished by the next", async () => {
  const stage = await Stage.open({ settings: { keepDays: 1 } });
  const conversationId = await stage.converse();
  for (let turn = 0; turn < 300; turn++)
    playTurn(stage.logger, {
      turnId: `trn_${turn}`,
      conversationId,
      steps: [{ calls: [{ callId: "c", tool: "t" }] }],
    });
  await stage.settled();
  const { spanCount, storedBytes } = await stage.ask(tracesStatus, {});
  stage.clock.advance(2 * dayMs);
  const ending = new AbortController();
  let commits = 0;
  stage.memory.guardCommits(() => {
    commits++;
    if (commits === 3) ending.abort();
  });
  expect(await stage.store.prune(ending.signal)).toEqual({ removedCount: 0, freedBytes: 0 });
  expect(commits).toBe(3);
  expect((await stage.storedKeys()).length).toBeGreaterThan(300);
  await expect(stage.ask(tracesGet, { turnId: "trn_299" })).rejects.toMatchObject({ code: "unknown-trace" });
  expect(await stage.store.prune(new AbortController().signal)).toEqual({
    removedCount: spanCount,
    freedBytes: storedBytes,
  });
  expect((await stage.storedKeys()).every(([kind]) => kind === "g")).toBe(true);
});

test("a prune that was cut off by a crash is finished by the next process, and shows nothing half", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  for (let turn = 0; turn < 300; turn++)
    playTurn(stage.logger, {
      turnId: `trn_${turn}`,
      conversationId,
      steps: [{ calls: [{ callId: "c", tool: "t" }] }],
    });
  await stage.settled();
  let commits = 0;
  stage.memory.guardCommits(() => {
    commits++;
    if (commits > 4) throw new Error("The process was killed.");
  });
  await expect(stage.ask(tracesPrune, { ageMsMax: 0 })).rejects.toThrow("killed");
  stage.memory.guardCommits(undefined);

  const next = await Stage.open({ memory: stage.memory });
  expect(await next.ask(tracesStatus, {})).toMatchObject({ spanCount: 0, generationCount: 0 });
  await expect(next.ask(tracesGet, { turnId: "trn_299" })).rejects.toMatchObject({ code: "unknown-trace" });
  next.store.startPruning();
  await next.timers.advance(0);
  const emptied = async (): Promise<boolean> => (await next.storedKeys()).every(([kind]) => kind === "g");
  await expect.poll(emptied).toBe(true);
  playTurn(next.logger, {
    turnId: "trn_new",
    conversationId,
    steps: [{ calls: [{ callId: "c", tool: "t" }] }],
  });
  expect((await next.ask(tracesList, {})).items.map(({ turnId }) => turnId)).toEqual(["trn_new"]);
});

test("everything is removed while turns go on: what comes afterwards is kept, and nothing is left behind", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const turn = { turnId: "trn_open", conversationId, steps: [] };
  const root = openTurn(stage.logger, turn);
  const step = root.openSpan("step", { stepId: "trn_open#0", index: 0 });
  const call = step.openSpan("tool-call", { callId: "c", tool: "t" });
  await stage.settled();
  // A batch is under way when the removal begins.
  root.body("prompt", { head: "", items: ["x".repeat(2_000_000)], itemCount: 1, tail: "" });
  const writing = stage.settled();
  const pruning = stage.ask(tracesPrune, { ageMsMax: 0 });
  await Promise.all([writing, pruning]);
  call.close("ok", { outcome: "ok" });
  step.close("ok");
  root.close("ok");
  const { spans } = await stage.ask(tracesGet, { turnId: "trn_open" });
  expect(spans.map(({ name, outcome }) => [name, outcome])).toEqual([
    ["turn", "ok"],
    ["step", "ok"],
    ["tool-call", "ok"],
  ]);
  // The call's record went with its generation, and does not come back without its begin.
  expect((await stage.ask(tracesList, {})).items).toEqual([]);
  const rows = await stage.storedKeys();
  expect(
    new Set(rows.filter(([kind]) => ["s", "l", "p"].includes(String(kind))).map((key) => key[1])).size,
  ).toBe(1);
});

test("a start reads one small row for each generation, and nothing of what they hold", async () => {
  const stage = await Stage.open({ settings: { generationBytesMax: 65_536 } });
  const conversationId = await stage.converse();
  for (let turn = 0; turn < 30; turn++) {
    const says = [{ role: "user", content: `${turn} `.padEnd(40_000, "x") }];
    playTurn(stage.logger, { turnId: `trn_${turn}`, conversationId, transcript: [], steps: [{ says }] });
    await stage.settled();
  }
  const { generationCount } = await stage.ask(tracesStatus, {});
  let rowCount = 0;
  const wrap = (storage: Storage): Storage => {
    const watched: Storage = Object.create(storage);
    watched.get = async (key) => {
      rowCount++;
      return storage.get(key);
    };
    watched.list = async (query) => {
      const rows = await storage.list(query);
      rowCount += rows.length;
      return rows;
    };
    watched.getMany = async (many) => {
      rowCount += many.length;
      return storage.getMany(many);
    };
    watched.commit = (...changes) => storage.commit(...changes);
    return watched;
  };
  const next = await Stage.open({ memory: stage.memory, wrap });
  playTurn(next.logger, { turnId: "trn_new", conversationId, steps: [{}] });
  await next.settled();
  expect(generationCount).toBeGreaterThan(8);
  expect(rowCount).toBe(generationCount);
});
