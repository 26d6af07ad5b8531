import { expect, test } from "vitest";
import type { ProviderEvent } from "../contracts/provider.ts";
import type { Tool } from "../contracts/tool.ts";
import { type Rehearsal, rehearse, stageTool } from "../testing/rehearsal.ts";

const stop: ProviderEvent = { type: "finish", reason: "stop", rawReason: "stop" };
const callsFinish: ProviderEvent = { type: "finish", reason: "tool-calls", rawReason: "tool_calls" };
const fine: ProviderEvent = { type: "text-delta", text: "Fine." };

function call(callId: string, name: string, argumentsText = "{}"): ProviderEvent {
  return { type: "tool-call", callId, name, argumentsText };
}

/** A turn of two steps: the calls, then a last word. */
function stageOf(calls: readonly ProviderEvent[], tools: readonly Tool[], more = {}): Rehearsal {
  return rehearse({ calls: [[[...calls, callsFinish]], [[fine, stop]]], tools, ...more });
}

function resultsOf(stage: Rehearsal): readonly (readonly [string, boolean])[] {
  return stage.commits
    .flat()
    .flatMap((event) => (event.type === "step-complete" ? event.toolResults : []))
    .map(({ content, isError }) => [content, isError] as const);
}

test.each([
  ["an object that cannot be a text", Object.create(null)],
  ["an error whose message is no text", Object.assign(new Error(), { message: { deep: true } })],
  ["nothing", undefined],
])("a tool that throws %s answers the model all the same", async (_what, thrown) => {
  const odd = stageTool("odd", async () => {
    throw thrown;
  });
  const stage = stageOf([call("c1", "odd")], [odd]);
  expect((await stage.run()).finishReason).toBe("stop");
  expect(resultsOf(stage)).toEqual([[expect.stringContaining("The tool odd failed"), true]]);
});

test("half a character in a result never reaches the transcript, also where the cut goes through it", async () => {
  const tools = [
    stageTool("half", async () => ({ content: "a\ud83d" })),
    stageTool("emoji", async () => ({ content: `abc${"😀".repeat(10)}` })),
  ];
  const stage = stageOf([call("c1", "half"), call("c2", "emoji")], tools, {
    limits: { toolOutputLengthMax: 4 },
  });
  await stage.run();
  const contents = resultsOf(stage).map(([content]) => content);
  expect(contents.map((content) => content.isWellFormed())).toEqual([true, true]);
  expect(contents[0]).toBe("a\ufffd");
});

test("the wait for an approval does not count as the tool's time", async () => {
  const slow = stageTool("slow", async () => ({ content: "done" }), { timeoutMs: 1_000 });
  const stage = stageOf([call("c1", "slow")], [slow], {
    desk: {
      approve: async ({ signal }: { signal: AbortSignal }) => {
        await stage.desk.sleep(60_000, signal);
        return { kind: "allowed" as const };
      },
    },
  });
  await stage.run();
  expect(resultsOf(stage)).toEqual([["done", false]]);
});

test("a tool that was approved still has its time limit, and a validation that never ends has one too", async () => {
  const never = stageTool("never", () => new Promise(() => {}), { timeoutMs: 1_000 });
  const stuck = stageTool("stuck", async () => ({ content: "?" }), {
    timeoutMs: 1_000,
    input: { "~standard": { version: 1, vendor: "stage", validate: () => new Promise(() => {}) } },
  });
  const stage = stageOf([call("c1", "never"), call("c2", "stuck")], [never, stuck], {
    desk: { approve: async () => ({ kind: "allowed" as const }) },
  });
  await stage.run();
  expect(resultsOf(stage).map(([content]) => content)).toEqual([
    "The tool never did not finish within 1 s and was given up.",
    "The tool stuck did not finish within 1 s and was given up.",
  ]);
});

test("an abort wins over an approval that never comes, and what was approved too late never runs", async () => {
  let ran = 0;
  let allow: (() => void) | undefined;
  const write = stageTool("write", async () => ({ content: String(++ran) }), { readOnly: false });
  const stage = stageOf([call("c1", "write")], [write], {
    desk: {
      approve: () => {
        queueMicrotask(() => stage.abort());
        return new Promise<{ kind: "allowed" }>((resolve) => (allow = () => resolve({ kind: "allowed" })));
      },
    },
  });
  expect((await stage.run()).finishReason).toBe("aborted");
  allow?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(ran).toBe(0);
});

test.each([
  ["nothing", undefined, "failed"],
  ["an answer of no known kind", { kind: "perhaps" }, "was not allowed"],
])("an approval that gives %s allows nothing", async (_what, approval, words) => {
  let ran = 0;
  const write = stageTool("write", async () => ({ content: String(++ran) }));
  const stage = stageOf([call("c1", "write")], [write], { desk: { approve: async () => approval } });
  await stage.run();
  expect(ran).toBe(0);
  expect(resultsOf(stage)).toEqual([[expect.stringContaining(words), true]]);
});

test("nobody is asked to approve a call that was given up while its input was checked", async () => {
  let asked = 0;
  const checked = Promise.withResolvers<{ value: unknown }>();
  const slow = stageTool("slow", async () => ({ content: "?" }), {
    timeoutMs: 1_000,
    input: { "~standard": { version: 1, vendor: "stage", validate: () => checked.promise } },
  });
  const approve = async () => {
    asked++;
    return { kind: "allowed" as const };
  };
  const stage = stageOf([call("c1", "slow")], [slow], { desk: { approve } });
  await stage.run();
  checked.resolve({ value: {} });
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBe(0);
});

test("F9: five broken calls of one step are answered, and do not end the turn as stuck", async () => {
  const look = stageTool("look", async () => ({ content: "seen" }));
  const broken = ["{1", "{2", "{3", "{4", "{5"].map((text, index) => call(`c${index}`, "look", text));
  const stage = stageOf(broken, [look]);
  expect((await stage.run()).finishReason).toBe("stop");
  expect(resultsOf(stage).map(([, isError]) => isError)).toEqual(Array(5).fill(true));
});

test("the same broken call in five steps after each other ends the turn as stuck", async () => {
  const look = stageTool("look", async () => ({ content: "seen" }));
  const stage = rehearse({ calls: [[[call("c1", "look", "{oops"), callsFinish]]], tools: [look] });
  expect(await stage.run()).toMatchObject({ finishReason: "stuck", stepCount: 5 });
});

test("F9: arguments with half a character are refused, since a provider would refuse to read them again", async () => {
  const look = stageTool("look", async () => ({ content: "seen" }));
  const stage = stageOf(
    [
      call("c1", "look", '{"a":["\\ud83d"]}'),
      call("c2", "look", '{"\\ude00":1}'),
      call("c3", "look", '{"a":"\\ud83d\\ude00 \\\\ud83d"}'),
      call("c4", "look", '{"a":"\ud83d"}'),
    ],
    [look],
  );
  await stage.run();
  expect(resultsOf(stage).map(([, isError]) => isError)).toEqual([true, true, false, true]);
  const sent = JSON.stringify(stage.requests[1]?.messages);
  expect(/\\u[dD][89a-f]/.test(sent.replaceAll(/\\\\\\\\ud83d|\\\\ud83d\\\\ude00/g, ""))).toBe(false);
});

test("after an abort in the middle of a batch no call of it starts", async () => {
  const started: string[] = [];
  const look = stageTool("look", async (_input, context) => {
    started.push(context.callId);
    if (context.callId === "c1") stage.abort();
    return { content: "seen" };
  });
  const stage: Rehearsal = rehearse({
    calls: [
      [
        [call("c0", "look", '{"n":0}')],
        { kind: "wait", ms: 1 },
        { kind: "do", run: () => stage.abort() },
        [call("c1", "look", '{"n":1}'), callsFinish],
      ],
    ],
    tools: [look],
  });
  await stage.run();
  expect(started).toEqual(["c0"]);
  expect(stage.events.filter((event) => event.type === "tool-trace-start")).toHaveLength(1);
});
