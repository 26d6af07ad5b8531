// T1: each call that a model makes has one span with its input, its output and its outcome, whether it ran or not.
import { expect, test } from "vitest";
import type { ProviderEvent } from "../contracts/provider.ts";
import { rehearse, stageTool } from "../testing/rehearsal.ts";

const callsFinish: ProviderEvent = { type: "finish", reason: "tool-calls", rawReason: null };
const stop: ProviderEvent = { type: "finish", reason: "stop", rawReason: null };

const call = (callId: string, name: string, argumentsText = "{}"): ProviderEvent => ({
  type: "tool-call",
  callId,
  name,
  argumentsText,
});

function spansOf(stage: ReturnType<typeof rehearse>) {
  const opened = stage.records.filter((record) => record.kind === "open" && record.name === "tool-call");
  const closed = stage.records.filter((record) => record.kind === "close" && record.name === "tool-call");
  return opened.map((open) => ({
    ...open,
    outcome: closed.find(
      (close) => close.kind === "close" && open.kind === "open" && close.spanId === open.spanId,
    )?.attributes.outcome,
  }));
}

test("ran, failed, unknown, broken, shared and surplus calls are all there", async () => {
  const look = stageTool("look", async () => ({ content: "seen" }));
  const fail = stageTool("fail", async () => {
    throw new Error("No.");
  });
  const stage = rehearse({
    calls: [
      [
        [
          call("c1", "look"),
          call("c2", "look"),
          call("c3", "fail"),
          call("c4", "nobody"),
          call("c5", "look", "{"),
          call("c6", "look", '{"at":6}'),
          callsFinish,
        ],
      ],
      [[stop]],
    ],
    tools: [look, fail],
    limits: { toolCallCountMax: 5 },
  });
  await stage.run();
  const spans = spansOf(stage);
  const outcomes = spans.map(({ attributes, outcome }) => [attributes.callId, outcome]);
  expect(outcomes.toSorted()).toEqual([
    ["c1", "ok"],
    ["c2", "ok"],
    ["c3", "error"],
    ["c4", "unknown-tool"],
    ["c5", "invalid-input"],
    ["c6", "error"],
  ]);
  expect(spans.find(({ attributes }) => attributes.callId === "c2")?.attributes).toMatchObject({
    sharedWith: "c1",
  });
  const bodies = stage.bodies.filter(({ span }) => span === "tool-call");
  expect(bodies.filter(({ name }) => name === "input")).toHaveLength(6);
  expect(bodies.filter(({ name }) => name === "output").map(({ text }) => text)).toContain("seen");
});

test("calls that an abort kept from running, or cut off, are there as aborted", async () => {
  const hang = stageTool(
    "hang",
    () => {
      stage.abort();
      return new Promise(() => {});
    },
    { concurrencySafe: false },
  );
  const stage = rehearse({
    calls: [[[call("c1", "hang"), call("c2", "hang", '{"at":2}'), callsFinish]]],
    tools: [hang],
  });
  await stage.run();
  expect(spansOf(stage).map(({ attributes, outcome }) => [attributes.callId, outcome])).toEqual([
    ["c1", "aborted"],
    ["c2", "aborted"],
  ]);
});

test("T4: the prompt is kept as it was, the system prompt and the tools before the messages", async () => {
  const look = stageTool("look", async () => ({ content: "seen" }));
  const stage = rehearse({ calls: [[[call("c1", "look"), callsFinish]], [[stop]]], tools: [look] });
  await stage.run();
  const prompts = stage.bodies
    .filter(({ name }) => name === "prompt")
    .map(({ text }) => text.trim().split("\n"));
  expect(prompts.map((lines) => lines.length)).toEqual([2, 4]);
  expect(JSON.parse(prompts[0]?.[0] ?? "")).toMatchObject({
    provider: "stage0",
    model: "m",
    system: "You are on a stage.",
    tools: [{ name: "look" }],
  });
  expect(prompts[1]?.slice(0, 2)).toEqual(prompts[0]);
});
