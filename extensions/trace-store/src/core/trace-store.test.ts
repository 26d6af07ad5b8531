import type { TraceBody } from "@lathe/wire";
import { tracesBody, tracesDiff, tracesGet, tracesList, tracesStatus } from "@lathe/wire/operations";
import { expect, test } from "vitest";
import { openTurn, playStep, playTurn } from "../testing/play-turn.ts";
import { alice, ownRecord, Stage } from "../testing/stage.ts";

test("T3: a turn is read as a tree, with durations, outcomes and tokens, each span below its parent", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const call = { callId: "call_1", tool: "read_file", meanwhile: () => stage.clock.advance(7) };
  playTurn(stage.logger, { turnId: "trn_1", conversationId, steps: [{ calls: [call] }, {}] });
  const trace = await stage.ask(tracesGet, { turnId: "trn_1" }, alice);
  const shape = trace.spans.map(({ name, depth, outcome, durationMs }) => [name, depth, outcome, durationMs]);
  expect(shape).toEqual([
    ["turn", 0, "ok", 7],
    ["step", 1, "ok", 7],
    ["prompt", 2, "ok", 0],
    ["provider-request", 2, "ok", 0],
    ["tool-call", 2, "ok", 7],
    ["step", 1, "ok", 0],
    ["prompt", 2, "ok", 0],
    ["provider-request", 2, "ok", 0],
  ]);
  const byId = new Map(trace.spans.map((span) => [span.spanId, span]));
  for (const { parentSpanId, depth } of trace.spans) {
    if (parentSpanId !== null) expect(byId.get(parentSpanId)?.depth).toBe(depth - 1);
  }
  expect(trace.conversationId).toBe(conversationId);
  expect(trace.spans[0]?.attributes).toMatchObject({ agent: "default", stepCount: 2 });
  expect(trace.spans[3]?.attributes).toMatchObject({ inputTokens: 10, timeToFirstTokenMs: 3, attempt: 1 });
  expect(trace.spans[4]?.bodies).toEqual([
    { name: "input", length: 2 },
    { name: "output", length: 4 },
  ]);
});

test("a turn that was written over many batches is the same tree", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const turn = { turnId: "trn_1", conversationId, steps: [] };
  const root = openTurn(stage.logger, turn);
  for (let index = 0; index < 5; index++) {
    playStep(root, turn, { calls: [{ callId: "c", tool: "t" }] }, index);
    await stage.timers.advance(60);
  }
  const open = await stage.ask(tracesGet, { turnId: "trn_1" });
  expect(open.spans[0]).toMatchObject({ name: "turn", outcome: "open", durationMs: null });
  root.log("info", "Said in between.", { index: 1 });
  root.close("ok");
  const { spans } = await stage.ask(tracesGet, { turnId: "trn_1" });
  expect(spans.map(({ name }) => name)).toEqual([
    "turn",
    ...Array.from({ length: 5 }, () => ["step", "prompt", "provider-request", "tool-call"]).flat(),
  ]);
  expect(spans[0]).toMatchObject({ outcome: "ok", logs: [{ message: "Said in between." }] });
});

test("I10: what an earlier process left open is interrupted, and what this one does is open", async () => {
  const first = await Stage.open();
  const conversationId = await first.converse();
  const turn = { turnId: "trn_1", conversationId, steps: [] };
  const root = openTurn(first.logger, turn);
  const step = root.openSpan("step", { stepId: "trn_1#0", index: 0 });
  step.openSpan("tool-call", { callId: "call_1", tool: "sleep" });
  await first.settled();

  const second = await Stage.open({ memory: first.memory });
  const resumed = openTurn(second.logger, turn);
  resumed
    .openSpan("step", { stepId: "trn_1#0", index: 0 })
    .openSpan("tool-call", { callId: "call_2", tool: "x" });
  const { spans } = await second.ask(tracesGet, { turnId: "trn_1" });
  expect(spans.map(({ name, outcome }) => [name, outcome])).toEqual([
    ["turn", "interrupted"],
    ["step", "interrupted"],
    ["tool-call", "interrupted"],
    ["turn", "open"],
    ["step", "open"],
    ["tool-call", "open"],
  ]);
  const { items } = await second.ask(tracesList, {});
  expect(items.map(({ callId, outcome, durationMs }) => [callId, outcome, durationMs])).toEqual([
    ["call_2", null, null],
    ["call_1", "interrupted", null],
  ]);
  resumed.close("aborted");
  const after = await second.ask(tracesGet, { turnId: "trn_1" });
  expect(after.spans.map(({ outcome }) => outcome)).not.toContain("open");
});

test("T1: a call is one record with everything that is known of it, also one that never ran", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const long = "x".repeat(5_000);
  const calls = [
    {
      callId: "a",
      tool: "run",
      input: '{"command":"ls"}',
      output: long,
      meanwhile: () => stage.clock.advance(20),
    },
    { callId: "b", tool: "nope", outcome: "unknown-tool" as const, output: "There is no such tool." },
  ];
  playTurn(stage.logger, { turnId: "trn_1", conversationId, steps: [{ calls }] });
  const { items } = await stage.ask(tracesList, {}, alice);
  const usage = {
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: 2,
    cacheWriteTokens: null,
    reasoningTokens: 1,
  };
  const startedAtMs = stage.clock.nowMs() - 20;
  const about = { conversationId, turnId: "trn_1", stepId: "trn_1#0", startedAtMs, usage };
  const ended = { finishedAtMs: startedAtMs + 20, durationMs: 20 };
  expect(items).toEqual([
    {
      ...about,
      ...ended,
      callId: "b",
      spanId: expect.any(String),
      tool: "nope",
      outcome: "unknown-tool",
      input: { beginning: "{}", length: 2 },
      output: { beginning: "There is no such tool.", length: 22 },
      error: "There is no such tool.",
    },
    {
      ...about,
      ...ended,
      callId: "a",
      spanId: expect.any(String),
      tool: "run",
      outcome: "ok",
      input: { beginning: '{"command":"ls"}', length: 16 },
      output: { beginning: "x".repeat(200), length: 5_000 },
      error: null,
    },
  ]);
  const spanId = items[1]?.spanId ?? "";
  const body = await stage.ask(tracesBody, { turnId: "trn_1", spanId, name: "output" }, alice);
  expect(body).toEqual({ name: "output", length: 5_000, from: 0, text: long, nextFrom: null });
});

test("T4: a body is read whole or in parts, and its parts together are the whole", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const transcript: object[] = [];
  const requestItems: Uint8Array[] = [];
  const says = Array.from({ length: 40 }, (_, index) => ({
    role: "user",
    content: `${index} ${"wörd 😀 ".repeat(200)}`,
  }));
  const steps = says.map((message) => ({ says: [message], request: JSON.stringify(message) }));
  playTurn(stage.logger, { turnId: "trn_1", conversationId, steps, transcript, requestItems });
  const { spans } = await stage.ask(tracesGet, { turnId: "trn_1" });
  const head = '{"provider":"a","model":"b","settings":{},"system":"Be brief.","tools":[]}';
  const prompts = spans.filter(({ name }) => name === "prompt");
  for (const count of [1, 2, 17, 40]) {
    const spanId = prompts[count - 1]?.spanId ?? "";
    const whole = await stage.ask(tracesBody, {
      turnId: "trn_1",
      spanId,
      name: "prompt",
      lengthMax: 1_000_000,
    });
    const lines = says.slice(0, count).map((message) => `${JSON.stringify(message)}\n`);
    expect(whole.text).toBe(head + lines.join(""));
    expect(whole.length).toBe(whole.text.length);
    let text = "";
    for (let from: number | null = 0; from !== null; ) {
      const part: TraceBody = await stage.ask(tracesBody, {
        turnId: "trn_1",
        spanId,
        name: "prompt",
        from,
        lengthMax: 9_999,
      });
      text += part.text;
      from = part.nextFrom;
    }
    expect(text).toBe(whole.text);
  }
  const request = spans.filter(({ name }) => name === "provider-request")[9]?.spanId ?? "";
  const sent = await stage.ask(tracesBody, {
    turnId: "trn_1",
    spanId: request,
    name: "request",
    lengthMax: 1_000_000,
  });
  const rendered = says.slice(0, 10).map((message) => JSON.stringify(message));
  expect(sent.text).toBe(`{"messages":[${rendered.join("")}]}`);
});

test("T4: what two steps were asked is compared, down to the first character that differs", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const tool = (name: string, description: string): object => ({ name, description });
  const head = {
    provider: "a",
    model: "b",
    system: "Be brief.",
    tools: [tool("read", "Reads."), tool("run", "Runs.")],
  };
  const changed = { ...head, model: "c", tools: [tool("read", "Reads files."), tool("look", "Looks.")] };
  const message = (role: string, content: string): object => ({ role, content });
  playTurn(stage.logger, {
    turnId: "trn_1",
    conversationId,
    transcript: [],
    steps: [
      { head, says: [message("user", "one")] },
      { head, says: [message("assistant", "two"), message("tool", "three")] },
      { head: changed, says: [message("user", "four")] },
    ],
  });
  const grown = await stage.ask(tracesDiff, { turnId: "trn_1", from: 0, to: 1 });
  const headLength = JSON.stringify(head).length;
  const oneLength = JSON.stringify(message("user", "one")).length + 1;
  expect(grown).toMatchObject({
    from: { stepIndex: 0, messageCount: 1, length: headLength + oneLength },
    to: { stepIndex: 1, messageCount: 3 },
    firstDifferenceAt: headLength + oneLength,
    head: [],
    sameMessageCount: 1,
    messages: [
      {
        index: 1,
        change: "added",
        role: "assistant",
        before: null,
        after: JSON.stringify(message("assistant", "two")),
      },
      { index: 2, change: "added", role: "tool" },
    ],
    cut: false,
  });
  const other = await stage.ask(tracesDiff, { turnId: "trn_1", from: 1, to: 2 });
  expect(other.head.map(({ part, change }) => [part, change])).toEqual([
    ["model", "changed"],
    ["tools.read", "changed"],
    ["tools.run", "removed"],
    ["tools.look", "added"],
  ]);
  expect(other.firstDifferenceAt).toBe(JSON.stringify(head).indexOf('"b"') + 1);
  const same = await stage.ask(tracesDiff, { turnId: "trn_1", from: 2, to: 2 });
  expect(same).toMatchObject({ firstDifferenceAt: null, head: [], messages: [], sameMessageCount: 4 });
  await expect(stage.ask(tracesDiff, { turnId: "trn_1", from: 0, to: 9 })).rejects.toMatchObject({
    code: "unknown-step",
  });
});

test("prompts of different transcripts are compared message by message", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const turn = { turnId: "trn_1", conversationId, steps: [] };
  const root = openTurn(stage.logger, turn);
  const say = (content: string): object => ({ role: "user", content });
  playStep(root, { ...turn, transcript: [] }, { says: [say("a"), say("b"), say("c"), say("z")] }, 0);
  playStep(root, { ...turn, transcript: [] }, { says: [say("a"), say("B"), say("z")] }, 1);
  root.close("ok");
  const { messages, sameMessageCount } = await stage.ask(tracesDiff, { turnId: "trn_1", from: 0, to: 1 });
  expect(sameMessageCount).toBe(1);
  expect(messages.map(({ index, change }) => [index, change])).toEqual([
    [1, "changed"],
    [2, "removed"],
  ]);
});

test("the status counts what is kept and what waits", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const before = stage.clock.nowMs();
  playTurn(stage.logger, {
    turnId: "trn_1",
    conversationId,
    steps: [{ calls: [{ callId: "c", tool: "t" }] }],
  });
  const waiting = await stage.ask(tracesStatus, {});
  expect(waiting).toMatchObject({
    spanCount: 0,
    queuedRecordCount: 13,
    oldestAtMs: null,
    generationCount: 0,
  });
  await stage.settled();
  expect(await stage.ask(tracesStatus, {})).toEqual({
    spanCount: 5,
    bodyCount: 3,
    toolCallCount: 1,
    storedBytes: expect.any(Number),
    generationCount: 1,
    oldestAtMs: before,
    queuedRecordCount: 0,
    queuedBytes: 0,
    dropped: { queueFull: 0, tooLarge: 0, notSerializable: 0, notWritten: 0 },
    droppedCount: 0,
  });
});

test("its own records, and log lines of no span, are not kept", async () => {
  const stage = await Stage.open();
  stage.store.sink.write(ownRecord());
  stage.logger.log("info", "Ready.");
  await stage.settled();
  const rows = await stage.storedKeys();
  expect(rows.filter(([kind]) => kind !== "g")).toEqual([]);
});

test("spans that other extensions open within a turn are shown, and are no calls of it", async () => {
  const stage = await Stage.open();
  const conversationId = await stage.converse();
  const root = openTurn(stage.logger, { turnId: "trn_1", conversationId, steps: [] });
  const foreign = stage
    .loggerOf("tools-shell")
    .openSpan("tool-call", { callId: "forged", tool: "run" }, root);
  foreign.close("ok");
  root.close("ok");
  const { spans } = await stage.ask(tracesGet, { turnId: "trn_1" });
  expect(spans.map(({ name, source, depth }) => [name, source, depth])).toEqual([
    ["turn", "agents", 0],
    ["tool-call", "tools-shell", 1],
  ]);
  expect((await stage.ask(tracesList, {})).items).toEqual([]);
});
