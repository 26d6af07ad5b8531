import { expect, test } from "vitest";
import { parseScript, parseScriptText, stepOf } from "./script.ts";

test.each([
  [{ steps: 3 }, "steps"],
  [{}, "steps"],
  [{ steps: [{ txt: "typo" }] }, "steps.0.txt"],
  [{ steps: [{}, { calls: [{ name: 1 }] }] }, "steps.1.calls.0.name"],
  [{ steps: [{ fail: { kind: "boredom" } }] }, "steps.0.fail.kind"],
  [{ steps: [{ fail: { kind: "server", after: -1 } }] }, "steps.0.fail.after"],
  [{ steps: [{ drip: { chars: 0, delayMs: 1 } }] }, "steps.0.drip.chars"],
  [{ steps: [{ hang: "forever" }] }, "steps.0.hang"],
  [{ steps: [{ calls: [{ name: "a", input: {}, argumentsText: "{}" }] }] }, "steps.0.calls.0"],
  ["text", "the script"],
])("a broken script is told by its field: %j", (value, field) => {
  const parsed = parseScript(value);
  expect(parsed).toEqual({ kind: "broken", problem: expect.stringContaining(`broken at ${field}: `) });
});

test("a problem quotes nothing of what was sent", () => {
  const parsed = parseScriptText("my secret is hunter2");
  expect(parsed).toEqual({ kind: "broken", problem: expect.not.stringContaining("hunter2") });
  const wrong = parseScript({ steps: [{ text: 1, hang: "hunter2" }] });
  expect(wrong).toEqual({ kind: "broken", problem: expect.not.stringContaining("hunter2") });
});

test("a step beyond the last says how many there are", () => {
  const parsed = parseScriptText('{"steps":[{"text":"one"}]}');
  if (parsed.kind !== "ok") throw new Error(parsed.problem);
  expect(stepOf(parsed.script, 0)).toMatchObject({ text: "one" });
  expect(stepOf(parsed.script, 1)).toMatch(/has 1 steps, and step 2/);
});
