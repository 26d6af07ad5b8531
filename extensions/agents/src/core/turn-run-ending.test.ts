import { noUsage, type TurnDone, type TurnFinishReason } from "@lathe/kernel";
import { expect, test } from "vitest";
import { runEndingOf } from "./turn-run-ending.ts";

function done(finishReason: TurnFinishReason, failure?: TurnDone["failure"]): TurnDone {
  const counted = { stepCount: 1, durationMs: 1, usage: noUsage, contextSize: null };
  const place = { type: "done", conversationId: "cnv_1", turnId: "trn_1" } as const;
  return { ...place, finishReason, ...counted, ...(failure === undefined ? {} : { failure }) };
}

test.each([
  ["stop", "succeeded", null],
  ["length", "succeeded", "length"],
  ["content-filter", "succeeded", "content-filter"],
  ["max-steps", "succeeded", "max-steps"],
  ["error", "failed", "error"],
  ["stuck", "failed", "stuck"],
  ["over-budget", "failed", "over-budget"],
  ["aborted", "stopped", null],
  ["interrupted", "interrupted", "interrupted"],
] as const)("a turn that ended with %s makes a run that %s, and says why: %s", (reason, status, code) => {
  const { error, ...ending } = runEndingOf(done(reason), "An answer.");
  expect(ending).toEqual({ status, usage: noUsage, result: "An answer." });
  expect(error?.code ?? null).toBe(code);
  expect(error === null || error.message.endsWith(".")).toBe(true);
});

test("G4: every way in which a turn can end is an end of its run; a failure is told in its own words", () => {
  const failure = { kind: "rate-limit", message: "Slow down." } as const;
  expect(runEndingOf(done("error", failure), null)).toEqual({
    status: "failed",
    usage: noUsage,
    result: null,
    error: { code: "rate-limit", message: "Slow down." },
  });
});
