import type { JsonValue } from "@lathe/kernel";
import type { ToolCallView } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { callState, outcomeNote, tellingArgument } from "./call-summary.ts";

const call: ToolCallView = {
  type: "tool-call",
  callId: "c",
  name: "read_file",
  status: "done",
  argumentsText: "{}",
  input: {},
  output: "",
  isError: false,
  outcome: "ok",
  startedAtMs: 0,
  durationMs: 1,
};

test("a call is told by its command, its path or its pattern, else by the first text or number that it has", () => {
  const inputs: readonly JsonValue[] = [
    { path: "src", command: "ls -la" },
    { limit: 3, path: "a.txt" },
    { pattern: "TODO", glob: "*.ts" },
    { limit_lines: 7, deep: { path: "no" } },
    { deep: { path: "no" }, list: ["a"] },
    {},
    null,
    ["a", 1],
    "word",
  ];
  expect(inputs.map(tellingArgument)).toEqual([
    "ls -la",
    "a.txt",
    "TODO",
    "7",
    "",
    "",
    "",
    '["a",1]',
    '"word"',
  ]);
});

test("an argument of many lines, or of one that is too long, is cut and says so", () => {
  expect(tellingArgument({ command: "set -e\nmake" })).toBe("set -e…");
  expect(tellingArgument({ command: "x".repeat(500) })).toBe(`${"x".repeat(160)}…`);
  expect(tellingArgument({ command: "  one line \n" })).toBe("one line");
});

test("whatever a model sends as input, its line is short and one line", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (input) => {
      const line = tellingArgument(input as JsonValue);
      expect(line.length).toBeLessThanOrEqual(161);
      expect(line).not.toContain("\n");
    }),
  );
});

test("each state of a call has a word, and only what goes on pulses", () => {
  const statuses = ["writing", "ready", "running", "not-run"] as const;
  expect(statuses.map((status) => callState({ ...call, status, outcome: null }))).toEqual([
    { word: "Writing", tone: "info", isLive: true },
    { word: "Ready", tone: "info", isLive: true },
    { word: "Running", tone: "info", isLive: true },
    { word: "Not run", tone: "warning", isLive: false },
  ]);
  const outcomes = [
    "ok",
    "error",
    "timeout",
    "aborted",
    "invalid-input",
    "unknown-tool",
    "denied",
    "interrupted",
  ] as const;
  expect(outcomes.map((outcome) => callState({ ...call, outcome }).word)).toEqual([
    "Done",
    "Failed",
    "Timed out",
    "Stopped",
    "Wrong input",
    "Unknown tool",
    "Denied",
    "Interrupted",
  ]);
});

test("a result without an outcome is judged by whether it is an error", () => {
  expect(callState({ ...call, outcome: null, isError: true }).word).toBe("Failed");
  expect(callState({ ...call, outcome: null }).word).toBe("Done");
});

test("a call of which nobody knows whether it took effect says so", () => {
  expect(outcomeNote({ ...call, outcome: "interrupted" })).toContain("not known");
  expect(outcomeNote({ ...call, status: "not-run", outcome: null })).toContain("before this call could run");
  expect(outcomeNote(call)).toBeNull();
});
