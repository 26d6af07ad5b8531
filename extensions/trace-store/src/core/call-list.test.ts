import type { ToolOutcome } from "@lathe/kernel";
import type { ToolCallTrace } from "@lathe/wire";
import { type ToolCallQuery, tracesBody, tracesDiff, tracesGet, tracesList } from "@lathe/wire/operations";
import fc from "fast-check";
import { expect, test } from "vitest";
import { playTurn } from "../testing/play-turn.ts";
import { admin, alice, bob, Stage } from "../testing/stage.ts";

type Sent = Partial<ToolCallQuery>;

async function listAll(stage: Stage, query: Sent, between?: () => void): Promise<readonly ToolCallTrace[]> {
  const items: ToolCallTrace[] = [];
  let cursor: string | undefined;
  do {
    const page = await stage.ask(tracesList, cursor === undefined ? query : { ...query, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
    between?.();
  } while (cursor !== undefined);
  return items;
}

interface PlayedCall {
  readonly turn: number;
  readonly tool: string;
  readonly outcome: ToolOutcome;
  readonly tookMs: number;
}

async function stageWith(
  calls: readonly PlayedCall[],
  conversations: readonly string[],
  stage: Stage,
): Promise<void> {
  calls.forEach(({ turn, tool, outcome, tookMs }, index) => {
    const call = { callId: `c${index}`, tool, outcome, meanwhile: () => stage.clock.advance(tookMs) };
    const conversationId = conversations[turn % conversations.length] ?? "";
    playTurn(stage.logger, { turnId: `trn_${turn}`, conversationId, steps: [{ calls: [call] }] });
  });
  await stage.settled();
}

test("T8: every filter, order and page size gives what a plain search gives", async () => {
  const call = fc.record({
    turn: fc.nat(5),
    tool: fc.constantFrom("a", "b", "a') OR 1=1", "a.b"),
    outcome: fc.constantFrom<ToolOutcome>("ok", "error", "timeout"),
    tookMs: fc.constantFrom(0, 1, 2.5, 1_000),
  });
  const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
    fc.option(value, { nil: undefined });
  const query = fc.record({
    conversation: optional(fc.nat(1)),
    turn: optional(fc.nat(6)),
    tool: optional(fc.constantFrom("a", "a') OR 1=1", "a.b", "c")),
    outcome: optional(fc.constantFrom<ToolOutcome>("ok", "error")),
    minDurationMs: optional(fc.constantFrom(0, 2, 1_000, 5_000)),
    order: fc.constantFrom("newest" as const, "slowest" as const),
    limit: fc.integer({ min: 1, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 25 }), query, async (calls, wish) => {
      const stage = await Stage.open();
      const conversations = [await stage.converse(), await stage.converse()];
      await stageWith(calls, conversations, stage);
      const { conversation, turn, ...rest } = wish;
      const conversationId = conversation === undefined ? undefined : conversations[conversation];
      const turnId = turn === undefined ? undefined : `trn_${turn}`;
      const expected = calls
        .map((played, index) => ({ ...played, callId: `c${index}`, index }))
        .filter(
          (played) =>
            (conversationId === undefined || conversations[played.turn % 2] === conversationId) &&
            (turn === undefined || played.turn === turn) &&
            (rest.tool === undefined || played.tool === rest.tool) &&
            (rest.outcome === undefined || played.outcome === rest.outcome) &&
            played.tookMs >= (rest.minDurationMs ?? 0),
        )
        .sort((left, right) =>
          rest.order === "newest"
            ? right.index - left.index
            : right.tookMs - left.tookMs || right.index - left.index,
        );
      const known = turn === undefined || calls.some((played) => played.turn === turn);
      const found = listAll(stage, { ...rest, conversationId, turnId });
      if (!known) await expect(found).rejects.toMatchObject({ code: "unknown-trace" });
      else expect((await found).map(({ callId }) => callId)).toEqual(expected.map(({ callId }) => callId));
    }),
    { numRuns: 60 },
  );
});

test("T8: pages stay as they are while new calls come", async () => {
  for (const order of ["newest", "slowest"] as const) {
    const stage = await Stage.open();
    const conversationId = await stage.converse();
    const calls = Array.from({ length: 23 }, (_, turn) => ({
      turn,
      tool: "t",
      outcome: "ok" as const,
      tookMs: turn % 4,
    }));
    await stageWith(calls, [conversationId], stage);
    let later = 0;
    const items = await listAll(stage, { order, limit: 5 }, () => {
      const call = { callId: "new", tool: "t", meanwhile: () => stage.clock.advance(later++ % 5) };
      playTurn(stage.logger, { turnId: `trn_new${later}`, conversationId, steps: [{ calls: [call] }] });
    });
    const old = items.filter(({ callId }) => callId !== "new").map(({ callId }) => callId);
    expect(new Set(old).size).toBe(23);
    expect(old).toHaveLength(23);
  }
});

test("a page looks at a bounded number of calls, and says where to go on though it found nothing", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const calls = Array.from({ length: 4_500 }, (_, index) => ({
    callId: `c${index}`,
    tool: index === 0 ? "rare" : "t",
    meanwhile: () => stage.clock.advance(1),
  }));
  for (let first = 0; first < calls.length; first += 100)
    playTurn(stage.logger, {
      turnId: `trn_${first}`,
      conversationId,
      steps: [{ calls: calls.slice(first, first + 100) }],
    });
  await stage.settled();
  for (const order of ["newest", "slowest"] as const) {
    const first = await stage.ask(tracesList, { tool: "rare", order });
    expect(first.items).toEqual([]);
    expect(first.nextCursor).not.toBeNull();
    expect((await listAll(stage, { tool: "rare", order })).map(({ callId }) => callId)).toEqual(["c0"]);
  }
});

test("F13s: what is no cursor, or one of another order, is refused", async () => {
  const stage = await Stage.open();
  for (const cursor of ["x", "n:", "n:1e5", "n:-1", "s:1:1", "n:1:2", "n:99999999999999999999", "' OR 1=1"])
    await expect(stage.ask(tracesList, { cursor })).rejects.toMatchObject({
      code: "invalid-cursor",
      status: 400,
    });
  for (const cursor of ["n:1", "s:1", "s:1e3:1", "s::"])
    await expect(stage.ask(tracesList, { cursor, order: "slowest" })).rejects.toMatchObject({
      code: "invalid-cursor",
    });
});

test("traces belong to the owner of their conversation; others are refused, and lists show the caller's own", async () => {
  const stage = await Stage.open();
  const mine = await stage.converse("alice");
  const theirs = await stage.converse("bob");
  const play = (turnId: string, conversationId: string): void =>
    playTurn(stage.logger, { turnId, conversationId, steps: [{ calls: [{ callId: turnId, tool: "t" }] }] });
  play("trn_a", mine);
  play("trn_b", theirs);
  stage.logger.openSpan("start").close("ok");
  await stage.settled();
  const shownTo = async (principal: typeof alice, query: Sent = {}): Promise<readonly string[]> =>
    (await stage.ask(tracesList, query, principal)).items.map(({ callId }) => callId);
  for (const order of ["newest", "slowest"] as const) {
    expect(await shownTo(alice, { order })).toEqual(["trn_a"]);
    expect(await shownTo(bob, { order })).toEqual(["trn_b"]);
    expect(await shownTo(admin, { order })).toEqual(["trn_b", "trn_a"]);
  }
  const { spans } = await stage.ask(tracesGet, { turnId: "trn_b" }, bob);
  const spanId = spans.find(({ name }) => name === "tool-call")?.spanId ?? "";
  const forbidden = { code: "forbidden", status: 403 };
  const refusals = [
    stage.ask(tracesGet, { turnId: "trn_b" }, alice),
    stage.ask(tracesDiff, { turnId: "trn_b", from: 0, to: 0 }, alice),
    stage.ask(tracesBody, { turnId: "trn_b", spanId, name: "input" }, alice),
    stage.ask(tracesBody, { turnId: "trn_b", spanId, name: "nothing" }, alice),
    stage.ask(tracesList, { conversationId: theirs }, alice),
    stage.ask(tracesList, { turnId: "trn_b" }, alice),
  ];
  await Promise.all(refusals.map((refusal) => expect(refusal).rejects.toMatchObject(forbidden)));
  await expect(stage.ask(tracesGet, { turnId: "trn_c" }, alice)).rejects.toMatchObject({
    code: "unknown-trace",
  });
  await expect(stage.ask(tracesList, { conversationId: "cnv_9" }, alice)).rejects.toMatchObject({
    code: "unknown-conversation",
  });
});

test("the traces of a deleted conversation are the administrators' until they are too old", async () => {
  const first = await Stage.open();
  const conversationId = await first.converse("alice");
  playTurn(first.logger, {
    turnId: "trn_1",
    conversationId,
    steps: [{ calls: [{ callId: "c", tool: "t" }] }],
  });
  await first.settled();
  await first.conversations.delete(conversationId);
  const stage = await Stage.open({ memory: first.memory, conversations: first.conversations });
  await expect(stage.ask(tracesGet, { turnId: "trn_1" }, alice)).rejects.toMatchObject({ code: "forbidden" });
  expect((await stage.ask(tracesList, {}, alice)).items).toEqual([]);
  expect((await stage.ask(tracesGet, { turnId: "trn_1" }, admin)).spans).toHaveLength(5);
  expect((await stage.ask(tracesList, { conversationId }, admin)).items).toHaveLength(1);
});
