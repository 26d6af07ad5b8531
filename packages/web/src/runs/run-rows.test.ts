import { describe, expect, test } from "vitest";
import { runOf } from "../testing/run-of.ts";
import { anyRun, durationOf, isShown, nameOf, occurring, tokensOf } from "./run-rows.ts";

const usage = { cacheReadTokens: null, cacheWriteTokens: null, reasoningTokens: null };

describe("which runs a list shows", () => {
  const own = runOf("run_1");
  const child = runOf("run_2", { kind: "turn", parentId: "run_1", agent: "reviewer", status: "failed" });

  test("those that callers started, unless the others are asked for", () => {
    expect([own, child].map((run) => isShown(run, anyRun))).toEqual([true, false]);
    expect([own, child].map((run) => isShown(run, { ...anyRun, withChildren: true }))).toEqual([true, true]);
  });

  test("those that fit every filter", () => {
    const all = { ...anyRun, withChildren: true };
    expect(isShown(child, { ...all, status: "failed", kind: "turn", agent: "reviewer" })).toBe(true);
    expect(isShown(child, { ...all, status: "failed", kind: "workflow" })).toBe(false);
    expect(isShown(child, { ...all, status: "running" })).toBe(false);
    expect(isShown(own, { ...all, agent: "reviewer" })).toBe(false);
  });

  test("what can be chosen is what occurs, and what is chosen", () => {
    const runs = [own, child, runOf("run_3", { agent: "default" })];
    expect(occurring(runs, "kind", "")).toEqual(["turn", "workflow"]);
    expect(occurring(runs, "agent", "gone")).toEqual(["default", "gone", "reviewer"]);
  });
});

describe("what a row says", () => {
  test("a run is called by what it is about, its agent, or its kind", () => {
    const run = runOf("run_1", { kind: "turn", agent: "default" });
    expect(nameOf({ ...run, title: "survey" })).toBe("survey");
    expect(nameOf(run)).toBe("default");
    expect(nameOf(runOf("run_1"))).toBe("Workflow");
    expect(nameOf(runOf("run_1", { kind: "backup" }))).toBe("backup");
  });

  test("tokens are unknown where neither is known, and never made up", () => {
    expect(tokensOf(null)).toBeNull();
    expect(tokensOf({ ...usage, inputTokens: null, outputTokens: null })).toBeNull();
    expect(tokensOf({ ...usage, inputTokens: 7, outputTokens: null })).toBe(7);
    expect(tokensOf({ ...usage, inputTokens: 7, outputTokens: 5 })).toBe(12);
  });

  test("the duration counts from the beginning, and where it never began from its admission", () => {
    expect(durationOf(runOf("run_1"))).toBeNull();
    expect(durationOf(runOf("run_1", { startedAtMs: 1_500, endedAtMs: 4_000 }))).toBe(2_500);
    expect(durationOf(runOf("run_1", { startedAtMs: null, endedAtMs: 4_000 }))).toBe(3_000);
    expect(durationOf(runOf("run_1", { endedAtMs: 900 }))).toBe(0);
  });
});
