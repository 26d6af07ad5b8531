import { noUsage, UnknownConversationError } from "@lathe/kernel";
import type { ConversationComparison } from "@lathe/wire";
import { foldEvents, startView, type TurnView, turnsOf } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openHistory, type TestHistory } from "../testing/test-history.ts";
import { compareConversations } from "./comparison.ts";

/** So many steps, of 100 tokens in, 10 out and 80 from the cache each. */
function taken(turnCount: number, stepCount: number, durationMs: number, models: readonly string[]): object {
  const tokens = {
    inputTokens: 100 * stepCount,
    outputTokens: 10 * stepCount,
    cacheReadTokens: 80 * stepCount,
  };
  return {
    turnCount,
    stepCount,
    toolCallCount: stepCount,
    usage: stepCount === 0 ? noUsage : { ...noUsage, ...tokens },
    cacheHitRate: stepCount === 0 ? null : 0.8,
    durationMs,
    models,
  };
}

function mirrored({ one, other, ...common }: ConversationComparison): ConversationComparison {
  return { ...common, one: other, other: one };
}

test("S7: a fork and its origin share everything up to the fork, and each has for itself what came after", async () => {
  const bench = await openHistory();
  const { id, turn, fork } = bench;
  await turn(1);
  const other = await fork(id, 5);
  await turn(2);
  await turn(1, { on: other, model: "p/other" });
  await turn(3, { on: other });
  const comparison = await compareConversations(id, other, bench);
  expect(comparison).toEqual({
    sharedSeq: 5,
    shared: taken(1, 1, 40, ["p/m"]),
    one: { ...taken(1, 2, 40, ["p/m"]), undone: [] },
    other: { ...taken(2, 4, 80, ["p/other", "p/m"]), undone: [] },
  });
  expect(await compareConversations(other, id, bench)).toEqual(mirrored(comparison));
});

test("two forks of one origin, and a fork of a fork, part where their logs do, also when the origin is gone", async () => {
  const bench = await openHistory();
  const { id, conversations, turn, fork } = bench;
  await turn(1);
  await turn(1);
  const early = await fork(id, 5);
  const late = await fork(id, 10);
  await turn(1, { on: late });
  const grandchild = await fork(late, 15);
  await conversations.delete(id);
  expect(await compareConversations(early, grandchild, bench)).toMatchObject({
    sharedSeq: 5,
    shared: { turnCount: 1 },
    one: { turnCount: 0 },
    other: { turnCount: 2 },
  });
  expect(await compareConversations(late, grandchild, bench)).toMatchObject({
    sharedSeq: 15,
    one: { turnCount: 0 },
    other: { turnCount: 0 },
  });
});

test("a turn that is cut by a fork counts once, and its steps where they stand", async () => {
  const bench = await openHistory();
  const { id, turn, fork } = bench;
  await turn(3);
  const other = await fork(id, 3);
  await turn(1, { on: other });
  expect(await compareConversations(id, other, bench)).toEqual({
    sharedSeq: 3,
    shared: taken(1, 1, 9, ["p/m"]),
    one: { ...taken(0, 2, 18, ["p/m"]), undone: [] },
    other: { ...taken(1, 1, 40, ["p/m"]), undone: [] },
  });
});

test("what one has gone back behind is common no more, and is told as left behind", async () => {
  const bench = await openHistory();
  const { id, turn, fork, restore } = bench;
  const first = await turn(1);
  await turn(1);
  const other = await fork(id, 10);
  await restore(id, first);
  await turn(2);
  const comparison = await compareConversations(id, other, bench);
  expect(comparison).toMatchObject({
    sharedSeq: 5,
    one: { turnCount: 1, stepCount: 2, undone: [{ fromSeq: 6, toSeq: 11 }] },
    other: { turnCount: 1, stepCount: 1, undone: [] },
  });
});

test("conversations without a common turn share nothing; one beside itself shares all, also while it runs", async () => {
  const bench = await openHistory();
  const { id, conversations, turn } = bench;
  const stranger = await conversations.create({
    owner: "me",
    title: null,
    agent: "a",
    model: null,
    cwd: "/",
  });
  await turn(1, { on: stranger.id });
  await turn(1);
  expect(await compareConversations(id, stranger.id, bench)).toMatchObject({
    sharedSeq: 0,
    shared: taken(0, 0, 0, []),
    one: { turnCount: 1 },
    other: { turnCount: 1 },
  });
  await turn(2, { runs: true });
  expect(await compareConversations(id, id, bench)).toMatchObject({
    sharedSeq: 9,
    shared: { turnCount: 2, stepCount: 3 },
    one: { stepCount: 0 },
    other: { stepCount: 0 },
  });
  await expect(compareConversations(id, "cnv_none", bench)).rejects.toThrow(UnknownConversationError);
});

test("of long ones no turn is lost or counted twice where pages meet", async () => {
  const bench = await openHistory();
  const { id, turn, fork } = bench;
  for (let count = 0; count < 260; count += 1) await turn(1);
  const other = await fork(id, 255 * 5);
  for (let count = 0; count < 255; count += 1) await turn(1, { on: other });
  expect(await compareConversations(id, other, bench)).toMatchObject({
    sharedSeq: 1_275,
    shared: { turnCount: 255 },
    one: { turnCount: 5 },
    other: { turnCount: 255 },
  });
});

const act = fc.record({
  what: fc.constantFrom("turn", "turn", "fork", "restore"),
  on: fc.nat(),
  at: fc.nat(),
  stepCount: fc.integer({ min: 0, max: 2 }),
});

test("the law: whatever was forked and restored, the common turns are those with which both folded views begin", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 12 }),
      fc.tuple(fc.nat(), fc.nat()),
      async (acts, [left, right]) => {
        const bench = await openHistory();
        const ids = [bench.id];
        for (const one of acts) await perform(one, ids, bench);
        const [id, other] = [ids[left % ids.length] ?? "", ids[right % ids.length] ?? ""];
        const comparison = await compareConversations(id, other, bench);
        expect(await compareConversations(other, id, bench)).toEqual(mirrored(comparison));
        const [turns, others] = [await turnsIn(id, bench), await turnsIn(other, bench)];
        const differsAt = turns.findIndex((turn, at) => !isSameTurn(turn, others[at]));
        const sameCount = differsAt === -1 ? turns.length : differsAt;
        const isCut = sameCount < turns.length && turns[sameCount]?.turnId === others[sameCount]?.turnId;
        expect(comparison.shared.turnCount).toBe(sameCount + (isCut ? 1 : 0));
        for (const [of, part] of [
          [id, comparison.one],
          [other, comparison.other],
        ] as const) {
          const { turnCount, stepCount } = await bench.history.usage(of);
          expect(part.turnCount + comparison.shared.turnCount).toBe(turnCount);
          expect(part.stepCount + comparison.shared.stepCount).toBe(stepCount);
        }
      },
    ),
    { numRuns: 60 },
  );
});

async function perform(
  { what, on, at, stepCount }: typeof act extends fc.Arbitrary<infer Act> ? Act : never,
  ids: string[],
  bench: TestHistory,
): Promise<void> {
  const id = ids[on % ids.length] ?? bench.id;
  if (what === "turn") {
    await bench.turn(stepCount, { on: id });
    return;
  }
  const entries = await bench.conversations.entries(id, { sinceSeq: 0, limit: 1_000 });
  const ends = entries.filter(({ type }) => type === "turn-sealed" || type === "step-complete");
  const end = ends[at % Math.max(1, ends.length)];
  if (end === undefined) return;
  if (what === "fork") ids.push(await bench.fork(id, end.seq));
  else await bench.restore(id, end.turnId);
}

async function turnsIn(id: string, { conversations }: TestHistory): Promise<readonly TurnView[]> {
  const entries = await conversations.entries(id, { sinceSeq: 0, limit: 1_000 });
  return turnsOf(entries.reduce(foldEvents, startView()));
}

function isSameTurn(one: TurnView, other: TurnView | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
