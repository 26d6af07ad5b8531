// What is kept of turns that real daemons ran, and what it is shown as.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ToolCallTrace, TurnTrace } from "@lathe/wire";
import { afterEach, expect, test, vi } from "vitest";
import { chatAnswer, chatCallAnswer } from "../testing/chat-answers.ts";
import { type DaemonProcess, killDaemonProcess } from "../testing/daemon-process.ts";
import { guestTokens } from "../testing/guests.ts";
import { type Ending, runLathe } from "../testing/lathe-process.ts";
import { messagesAnswer } from "../testing/messages-answers.ts";
import { bodiesOf, bodyOf, callsOf, diffOf, expectTree, outline, traceOf } from "../testing/read-traces.ts";
import { RunCaller } from "../testing/run-caller.ts";
import { canaryKeys, Stage } from "../testing/stage.ts";
import { endingOf, type WatchedConversation, type WatchedTurn } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let stage: Stage;
afterEach(() => stage.close());

const call = (id: string, name: string, input: object | string) => ({
  id,
  name,
  argumentsText: typeof input === "string" ? input : JSON.stringify(input),
});

function lathe(...argv: string[]): Promise<Ending> {
  const surroundings = { environment: stage.home.environment, cwd: stage.home.folder };
  return runLathe([...argv, "--state", stage.home.stateFolder], surroundings);
}

async function turnIdOf(turn: WatchedTurn): Promise<string> {
  return (await turn.seen("turn-start")).turnId;
}

/** A turn of three steps: calls that end in every way, one that is aborted, and no more. */
async function troubledTurn(
  daemon: DaemonProcess,
): Promise<{ readonly conversation: WatchedConversation; readonly turnId: string }> {
  const conversation = await stage.begin(daemon);
  await writeFile(join(stage.workFolder, "notes.txt"), "All that is known.\n");
  stage.server.next(
    {
      pieces: chatCallAnswer(
        call("call_ok", "run_command", { command: "echo done" }),
        call("call_failing", "read_file", { path: "nowhere.txt" }),
        call("call_unknown", "no_such_tool", {}),
        call("call_invalid", "read_file", { path: 7 }),
        call("call_garbled", "read_file", "{not json"),
        call("call_first", "read_file", { path: "notes.txt" }),
        call("call_shared", "read_file", { path: "notes.txt" }),
      ),
    },
    { pieces: chatCallAnswer(call("call_aborted", "run_command", { command: "echo begun; sleep 600" })) },
  );
  const turn = conversation.send("A question.");
  await turn.seen("tool-trace-start", ({ callId }) => callId === "call_aborted");
  await conversation.stop();
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "aborted", stepCount: 2 });
  return { conversation, turnId: await turnIdOf(turn) };
}

test("T1: every call of a turn has its record, however it ended", async () => {
  stage = await Stage.open();
  const daemon = await stage.start();
  const { conversation, turnId } = await troubledTurn(daemon);
  const calls = await callsOf(daemon, { turnId, limit: "3" });
  const shown = Object.fromEntries(
    calls.map(({ callId, tool, outcome, stepId }) => [callId, [tool, outcome, stepId]]),
  );
  const [first, second] = [`${turnId}#0`, `${turnId}#1`];
  expect(shown).toEqual({
    call_ok: ["run_command", "ok", first],
    call_failing: ["read_file", "error", first],
    call_unknown: ["no_such_tool", "unknown-tool", first],
    call_invalid: ["read_file", "invalid-input", first],
    call_garbled: ["read_file", "invalid-input", first],
    call_first: ["read_file", "ok", first],
    call_shared: ["read_file", "ok", first],
    call_aborted: ["run_command", "aborted", second],
  });
  expect(calls).toHaveLength(8);
  for (const one of calls) {
    expect(one).toMatchObject({
      conversationId: conversation.id,
      turnId,
      usage: { inputTokens: 5, outputTokens: 3 },
      durationMs: expect.any(Number),
      finishedAtMs: expect.any(Number),
      input: { beginning: expect.any(String) },
      output: { beginning: expect.any(String) },
    });
    expect(one.error === null, one.callId).toBe(one.outcome === "ok");
  }
  const byId = (id: string): ToolCallTrace | undefined => calls.find(({ callId }) => callId === id);
  expect(byId("call_ok")?.input?.beginning).toBe('{"command":"echo done"}');
  expect(byId("call_ok")?.output?.beginning).toContain("done");
  expect(byId("call_unknown")?.error).toContain("There is no tool named");
  // What the model read is what is kept, to the last character.
  const { text } = await stage.server.received(1);
  const { messages } = JSON.parse(text) as { messages: { tool_call_id?: string; content: string }[] };
  for (const { tool_call_id, content } of messages.filter(({ tool_call_id }) => tool_call_id !== undefined)) {
    const spanId = byId(tool_call_id ?? "")?.spanId ?? "";
    expect(await bodyOf(daemon, turnId, spanId, "output")).toBe(content);
  }
});

test("T8: records are found by tool, outcome, conversation and duration, newest or slowest first", async () => {
  stage = await Stage.open();
  const daemon = await stage.start();
  const { conversation, turnId } = await troubledTurn(daemon);
  const ids = async (query: Readonly<Record<string, string>>) =>
    (await callsOf(daemon, { limit: "2", ...query })).map(({ callId }) => callId);
  expect(await ids({ tool: "run_command" })).toEqual(["call_aborted", "call_ok"]);
  expect(await ids({ outcome: "unknown-tool", conversationId: conversation.id })).toEqual(["call_unknown"]);
  const slowest = await callsOf(daemon, { turnId, order: "slowest", limit: "3" });
  const durations = slowest.map(({ durationMs }) => durationMs ?? -1);
  expect(durations).toEqual([...durations].sort((one, other) => other - one));
  expect(slowest).toHaveLength(8);
  const least = durations[2] ?? 0;
  expect((await callsOf(daemon, { turnId, minDurationMs: String(least) })).length).toBe(
    durations.filter((each) => each >= least).length,
  );
  const listed = await lathe("traces", "--turn", turnId, "--outcome", "aborted");
  expect(listed).toMatchObject({ code: 0, stderr: "" });
  expect(listed.stdout).toMatch(
    new RegExp(`aborted  run_command  ${turnId}\\n    {"command":"echo begun; sleep 600"}`),
  );
});

test("T3, T9: the tree of a turn, through the API and in a terminal", async () => {
  stage = await Stage.open();
  const daemon = await stage.start();
  const { conversation, turnId } = await troubledTurn(daemon);
  const trace = await traceOf(daemon, turnId);
  expectTree(trace);
  expect(trace).toMatchObject({ turnId, conversationId: conversation.id, cut: false });
  const lines = outline(trace.spans);
  expect(lines.filter((line) => !line.includes("tool-call"))).toEqual([
    "turn aborted",
    "  step ok",
    "    prompt ok",
    "    provider-request ok",
    "  step aborted",
    "    prompt ok",
    "    provider-request ok",
  ]);
  // Which of several calls begins first is not said.
  const ofFirst = lines
    .slice(0, lines.indexOf("  step aborted"))
    .filter((line) => line.includes("tool-call"));
  expect(ofFirst.toSorted()).toEqual([
    ...Array(4).fill("    tool-call error"),
    ...Array(3).fill("    tool-call ok"),
  ]);
  expect(lines.at(-1)).toBe("    tool-call aborted");

  const printed = await lathe("trace", conversation.id);
  expect(printed).toMatchObject({ code: 0, stderr: "" });
  const shown = printed.stdout.split("\n");
  for (const line of shown) expect(line.length).toBeLessThanOrEqual(80);
  expect(shown[0]).toBe(`turn ${turnId}`);
  expect(printed.stdout).toMatch(
    /took +outcome +in +out +span\n.* aborted +10 +6 +turn aborted default openai\/test/,
  );
  expect(printed.stdout).toMatch(/unknown-tool +│ {2}[├└]─ no_such_tool not run/);
  expect(printed.stdout).toMatch(/aborted +└─ run_command/);
  expect(JSON.parse((await lathe("trace", turnId, "--json")).stdout)).toEqual(trace);
});

test.each([
  "openai",
  "anthropic",
] as const)("T4: what went over the wire to and from %s is kept, byte for byte, and the prompt before it", async (provider) => {
  const retry = { delaysMs: [10] };
  stage = await Stage.open({ config: { model: `${provider}/test`, agents: { default: { retry } } } });
  const daemon = await stage.start();
  const conversation = await stage.begin(daemon);
  const refusal = {
    status: 503,
    headers: { "retry-after": "0" },
    pieces: ['{"error":{"message":"Not now, é😀."}}'],
  };
  const answer = (text: string) => (provider === "openai" ? chatAnswer(text) : messagesAnswer(text));
  const asked = "é😀 \u2028 what?";
  stage.server.next(refusal, { pieces: answer("It is ünknown.") }, { pieces: answer("Still.") });
  const turns = [conversation.send(asked)];
  expect(endingOf(await (turns[0]?.ended ?? []))).toMatchObject({ finishReason: "stop" });
  turns.push(conversation.send("And now?"));
  expect(endingOf(await (turns[1]?.ended ?? []))).toMatchObject({ finishReason: "stop" });

  const requests: string[] = [];
  const responses: string[] = [];
  for (const turn of turns) {
    const trace = await traceOf(daemon, await turnIdOf(turn));
    requests.push(...(await bodiesOf(daemon, trace, "provider-request", "request")));
    responses.push(...(await bodiesOf(daemon, trace, "provider-request", "response")));
  }
  expect(requests).toEqual(stage.server.requests.map(({ text }) => text));
  expect(responses).toEqual(
    [refusal.pieces, answer("It is ünknown."), answer("Still.")].map((all) => all.join("")),
  );

  const trace = await traceOf(daemon, await turnIdOf(turns[1] as WatchedTurn));
  const [prompt = ""] = await bodiesOf(daemon, trace, "prompt", "prompt");
  const [head, ...messages] = prompt
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(head).toMatchObject({
    provider,
    model: "test",
    system: expect.any(String),
    tools: expect.any(Array),
  });
  expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
  expect(messages[0]).toEqual({ role: "user", content: [{ type: "text", text: asked }] });
  // A part of a body that begins and ends anywhere is that part of the whole.
  const spanId = trace.spans.find(({ name }) => name === "provider-request")?.spanId ?? "";
  expect(await bodyOf(daemon, trace.turnId, spanId, "request", 37)).toBe(stage.server.requests[2]?.text);
});

test("T4: what changed between the prompts of two steps", async () => {
  stage = await Stage.open();
  const daemon = await stage.start();
  const { conversation, turnId } = await troubledTurn(daemon);
  const diff = await diffOf(daemon, turnId, 0, 1);
  expect(diff).toMatchObject({
    from: { stepIndex: 0, messageCount: 1 },
    to: { stepIndex: 1, messageCount: 9 },
    head: [],
    sameMessageCount: 1,
    cut: false,
  });
  expect(diff.messages.map(({ index, change, role }) => [index, change, role])).toEqual([
    [1, "added", "assistant"],
    ...[2, 3, 4, 5, 6, 7, 8].map((index) => [index, "added", "tool"]),
  ]);
  // All that the first was is the beginning of the second, so it can come from the provider's cache.
  expect(diff.firstDifferenceAt).toBe(diff.from.length);
  expect(await diffOf(daemon, turnId, 1, 1)).toMatchObject({ firstDifferenceAt: null, messages: [] });

  const printed = await lathe("trace", "diff", conversation.id, "0", "1");
  expect(printed).toMatchObject({ code: 0, stderr: "" });
  const lines = printed.stdout.split("\n");
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(lines).toContain("+ message 1 (assistant)");
  expect(lines).toContain("Messages that are the same at the beginning: 1.");
  expect((await lathe("trace", "diff", turnId, "0", "7")).code).toBe(1);
});

test("C7, T3: a kill in the middle of a turn leaves a readable tree, and the turn that goes on has its own", async () => {
  stage = await Stage.open();
  const first = await stage.start();
  const conversation = await stage.begin(first);
  stage.server.next({
    pieces: chatCallAnswer(
      call("call_quick", "read_file", { path: "nowhere.txt" }),
      call("call_cut", "run_command", { command: "echo begun; sleep 600" }),
    ),
  });
  const turn = conversation.send("Work.");
  await turn.seen("tool-trace-start", ({ callId }) => callId === "call_cut");
  const turnId = await turnIdOf(turn);
  const running = await traceOf(first, turnId);
  expectTree(running);
  expect(outline(running.spans)).toEqual([
    "turn open",
    "  step open",
    "    prompt ok",
    "    provider-request ok",
    "    tool-call error",
    "    tool-call open",
  ]);
  await killDaemonProcess(first);

  const second = await stage.start();
  conversation.moveTo(second);
  await conversation.idle();
  const trace = await traceOf(second, turnId);
  expectTree(trace);
  expect(outline(trace.spans)).toEqual([
    "turn interrupted",
    "  step interrupted",
    "    prompt ok",
    "    provider-request ok",
    "    tool-call error",
    "    tool-call interrupted",
    "turn ok",
    ...continued(trace),
  ]);
  const roots = trace.spans.filter(({ depth }) => depth === 0);
  expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(2);
  expect(roots[1]?.attributes).toMatchObject({ resumed: true, turnId });
  const calls = await callsOf(second, { turnId, tool: "run_command" });
  expect(calls.map(({ callId, outcome }) => [callId, outcome])).toContainEqual(["call_cut", "interrupted"]);
  expect((await lathe("trace", turnId)).stdout).toMatch(/turn resumed .*openai\/test/);
});

/** What the tree of the turn that went on has below its root: at least a step that was answered. */
function continued({ spans }: TurnTrace): readonly string[] {
  const lines = outline(spans.slice(spans.findLastIndex(({ depth }) => depth === 0) + 1));
  expect(lines.slice(-3)).toEqual(["  step ok", "    prompt ok", "    provider-request ok"]);
  return lines;
}

test("A6: traces of others are refused, and in no list", async () => {
  stage = await Stage.open();
  const program = fileURLToPath(new URL("../testing/trouble-daemon.ts", import.meta.url));
  const daemon = await stage.start({ program });
  const [ann, bob] = [new RunCaller(daemon, guestTokens.ann), new RunCaller(daemon, guestTokens.bob)];
  stage.server.next({ pieces: chatCallAnswer(call("call_1", "say_much", { length: 20 })) });
  const run = await ann.begin({ input: "A secret question." });
  await ann.over(run.id);
  const { turnId, conversationId } = await ann.get(run.id);
  const trace = (await (await ann.fetch("GET", `/api/traces/${turnId}`)).json()) as TurnTrace;
  const spanId = trace.spans.find(({ name }) => name === "prompt")?.spanId ?? "";
  const paths = [
    `/api/traces/${turnId}`,
    `/api/traces/${turnId}/diff?from=0&to=1`,
    `/api/traces/${turnId}/spans/${spanId}/bodies/prompt`,
    `/api/traces?turnId=${turnId}`,
    `/api/traces?conversationId=${conversationId}`,
  ];
  for (const path of paths) {
    expect((await ann.fetch("GET", path)).status, path).toBe(200);
    const refused = await bob.fetch("GET", path);
    expect(refused.status, path).toBe(403);
    expect(await refused.text()).not.toContain("secret question");
  }
  const items = async (caller: RunCaller) =>
    ((await (await caller.fetch("GET", "/api/traces")).json()) as { items: ToolCallTrace[] }).items;
  expect((await items(ann)).map(({ callId }) => callId)).toEqual(["call_1"]);
  expect(await items(bob)).toEqual([]);
  expect((await bob.fetch("GET", "/api/traces/trn_nobody")).status).toBe(404);
});

test("F11, T5: the keys of headers are in no body, no span and no file", async () => {
  stage = await Stage.open();
  const daemon = await stage.start();
  const conversation = await stage.begin(daemon);
  const seen: string[] = [];
  for (const model of ["openai/test", "anthropic/test"]) {
    const turn = conversation.send("A question.", { model });
    await turn.ended;
    const trace = await traceOf(daemon, await turnIdOf(turn));
    seen.push(JSON.stringify(trace));
    for (const { spanId, bodies } of trace.spans)
      for (const { name } of bodies) seen.push(await bodyOf(daemon, trace.turnId, spanId, name));
  }
  const sent = JSON.stringify(stage.server.requests.map(({ headers }) => headers));
  await killDaemonProcess(daemon);
  const files = (await readdir(stage.home.stateFolder, { recursive: true, withFileTypes: true })).filter(
    (file) => file.isFile(),
  );
  for (const { parentPath, name } of files) seen.push(await readFile(join(parentPath, name), "latin1"));
  const all = seen.join("\n");
  expect(all).toContain("A question.");
  for (const key of Object.values(canaryKeys)) {
    expect(sent).toContain(key);
    expect(all.includes(key)).toBe(false);
  }
});
