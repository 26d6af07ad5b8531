import { type DurableEvent, noUsage, type Snapshot } from "@lathe/kernel";
import { expect, test } from "vitest";
import { idsOf, openHistory, stepOf, usage } from "../testing/test-history.ts";

test("S6: each turn is there with its times, its calls, its tokens and its cache hit rate", async () => {
  const { id, history, turn } = await openHistory();
  await turn(2);
  const [summary] = await history.turns(id, { order: "newest", limit: 10 });
  expect(summary).toEqual({
    turnId: "trn_0",
    runId: "run_trn_0",
    agent: "a",
    model: "p/m",
    firstSeq: 1,
    lastSeq: 6,
    startedAtMs: 1_000,
    durationMs: 40,
    finishReason: "stop",
    stepCount: 2,
    toolCallCount: 2,
    usage: { ...noUsage, inputTokens: 200, outputTokens: 20, cacheReadTokens: 160 },
    contextSize: 110,
    cacheHitRate: 0.8,
    preview: "Message of trn_0.",
    undone: false,
  });
});

test("T11: the steps of each turn come with it, those of others do not", async () => {
  const { id, history, turn } = await openHistory();
  await turn(1);
  await turn(3);
  const metrics = await history.metrics(id, { order: "oldest", limit: 10 });
  expect(metrics.map(({ steps }) => steps.map(({ stepId, seq }) => [stepId, seq]))).toEqual([
    [["trn_0#0", 3]],
    [
      ["trn_1#0", 8],
      ["trn_1#1", 9],
      ["trn_1#2", 10],
    ],
  ]);
  expect(metrics[0]?.steps[0]).toMatchObject({
    usage,
    cacheHitRate: 0.8,
    metrics: { timeToFirstTokenMs: 3 },
    toolCalls: [{ name: "look", outcome: "ok", durationMs: 2 }],
  });
});

test("pages follow one another in both orders, without a turn twice or none", async () => {
  const { id, history, turn } = await openHistory();
  for (let index = 0; index < 7; index++) await turn(1);
  for (const order of ["newest", "oldest"] as const) {
    const seen: string[] = [];
    for (let afterSeq: number | undefined; ; ) {
      const page = await history.turns(id, {
        order,
        limit: 3,
        ...(afterSeq === undefined ? {} : { afterSeq }),
      });
      seen.push(...idsOf(page));
      afterSeq = page.at(-1)?.firstSeq;
      if (page.length < 3) break;
    }
    const all = Array.from({ length: 7 }, (_, index) => `trn_${index}`);
    expect(seen).toEqual(order === "oldest" ? all : all.toReversed());
  }
});

test("a turn that runs shows what its complete steps came to", async () => {
  const { id, history, turn } = await openHistory();
  await turn(2, { runs: true });
  expect(await history.turns(id, { order: "newest", limit: 1 })).toMatchObject([
    {
      lastSeq: null,
      durationMs: null,
      finishReason: null,
      stepCount: 2,
      toolCallCount: 2,
      cacheHitRate: 0.8,
    },
  ]);
});

test("S7: a fork lists the turns that it shares, one that it cuts as interrupted, and its own", async () => {
  const { id, conversations, history, turn } = await openHistory();
  await turn(1);
  await turn(3);
  await turn(1);
  const draft = { owner: "me", title: null, model: null };
  const whole = await conversations.fork(id, 5, draft);
  expect(idsOf(await history.turns(whole.id, { order: "oldest", limit: 10 }))).toEqual(["trn_0"]);
  const cut = await conversations.fork(id, 9, draft);
  await turn(1, { on: cut.id });
  const turns = await history.turns(cut.id, { order: "oldest", limit: 10 });
  expect(idsOf(turns)).toEqual(["trn_0", "trn_1", "trn_3"]);
  expect(turns[1]).toMatchObject({ finishReason: "interrupted", stepCount: 2, lastSeq: 11, durationMs: 18 });
  expect(idsOf(await history.turns(cut.id, { order: "newest", limit: 2 }))).toEqual(["trn_3", "trn_1"]);
});

test("turns that a restore left behind are marked, also after a restore that left another one behind", async () => {
  const { id, history, turn, restore } = await openHistory();
  const undone = async () => {
    const turns = await history.turns(id, { order: "oldest", limit: 50 });
    return turns.filter((one) => one.undone).map(({ turnId }) => turnId);
  };
  for (let index = 0; index < 3; index++) await turn(1);
  await restore(id, "trn_1");
  await turn(1);
  expect(await undone()).toEqual(["trn_2"]);
  await restore(id, "trn_0");
  await turn(1);
  expect(await undone()).toEqual(["trn_1", "trn_2", "trn_3"]);
});

test("C3: what turns took is summed up, apart for those that a restore left behind, and through forks", async () => {
  const { id, conversations, shelf, history, turn, put } = await openHistory();
  const totals = (turnCount: number, stepCount: number) => {
    const tokens = {
      inputTokens: 100 * stepCount,
      outputTokens: 10 * stepCount,
      cacheReadTokens: 80 * stepCount,
    };
    const usageOf = stepCount === 0 ? noUsage : { ...noUsage, ...tokens };
    const cacheHitRate = stepCount === 0 ? null : 0.8;
    return { turnCount, stepCount, toolCallCount: stepCount, usage: usageOf, cacheHitRate };
  };
  expect(await history.usage(id)).toEqual({ ...totals(0, 0), undone: totals(0, 0) });
  await turn(1);
  await turn(3);
  const snapshot = await shelf.get(id);
  if (snapshot !== undefined)
    await put(id, snapshot, [{ type: "restored", conversationId: id, turnId: "trn_0", toSeq: 5 }]);
  await turn(2, { runs: true });
  expect(await history.usage(id)).toEqual({ ...totals(2, 3), undone: totals(1, 3) });
  const fork = await conversations.fork(id, 9, { owner: "me", title: null, model: null });
  await turn(4, { on: fork.id });
  expect(await history.usage(fork.id)).toEqual({ ...totals(3, 7), undone: totals(0, 0) });
});

test("more turns than a page holds are all summed up, each once", async () => {
  const { id, history, turn } = await openHistory();
  for (let count = 0; count < 501; count += 1) await turn(1);
  expect(await history.usage(id)).toMatchObject({
    ...{ turnCount: 501, stepCount: 501, cacheHitRate: 0.8 },
    usage: { inputTokens: 50_100 },
    undone: { turnCount: 0 },
  });
});

test("a restore of a fork that has not gone on yet is kept like any other", async () => {
  const { id, conversations, history, turn, put } = await openHistory();
  await turn(1);
  await turn(1);
  const fork = await conversations.fork(id, 10, { owner: "me", title: null, model: null });
  const untouched: Snapshot = { conversationId: fork.id, state: "idle", seq: 10, turn: null, pending: null };
  await put(fork.id, untouched, [{ type: "restored", conversationId: fork.id, turnId: "trn_0", toSeq: 5 }]);
  const marks = async (of: string) =>
    (await history.turns(of, { order: "oldest", limit: 5 })).map(({ undone }) => undone);
  expect(await marks(fork.id)).toEqual([false, true]);
  expect(await marks(id)).toEqual([false, false]);
});

test("a turn of more steps than a page holds is summed up and shown whole", async () => {
  const { id, conversations, shelf, history } = await openHistory();
  const place = { conversationId: id, turnId: "trn_long" };
  const content = [{ type: "text" as const, text: "Count." }];
  const events: DurableEvent[] = [{ type: "user-message", ...place, content }];
  for (let index = 0; index < 2_100; index++) events.push(stepOf(place, index));
  const snapshot: Snapshot = {
    conversationId: id,
    state: "in_progress",
    seq: events.length,
    turn: {
      turnId: "trn_long",
      runId: "run_long",
      agent: "a",
      model: "p/m",
      startSeq: 1,
      startedAtMs: 1_000,
      stepCount: 2_100,
      toolCallCount: 2_100,
      usage,
      contextSize: 110,
      resumeCount: 0,
      retry: null,
    },
    pending: null,
  };
  await conversations.append(id, events, { joined: [shelf.prepare(snapshot, events)] });
  const [long] = await history.metrics(id, { order: "newest", limit: 1 });
  expect(long?.steps.map(({ index }) => index)).toEqual(Array.from({ length: 2_100 }, (_, index) => index));
  const { id: fork } = await conversations.fork(id, 2_050, { owner: "me", title: null, model: null });
  const [cut] = await history.turns(fork, { order: "newest", limit: 1 });
  expect(cut).toMatchObject({ stepCount: 2_049, finishReason: "interrupted" });
});

test("what a deletion takes is gone, what forks still share stays", async () => {
  const { id, conversations, shelf, history, turn } = await openHistory();
  await turn(1);
  await turn(1);
  const { id: fork } = await conversations.fork(id, 5, { owner: "me", title: null, model: null });
  await shelf.eraseAfter(id, 5);
  expect(idsOf(await history.turns(fork, { order: "oldest", limit: 5 }))).toEqual(["trn_0"]);
  expect(await shelf.get(id)).toBeUndefined();
  await shelf.eraseAfter(id, 0);
  expect(await history.turns(fork, { order: "oldest", limit: 5 })).toEqual([]);
});
