import fc from "fast-check";
import { expect, test } from "vitest";
import type { ProviderFailure } from "../contracts/provider.ts";
import { createScheduledRetry, defaultRetrySchedule } from "./retry.ts";

const overloaded: ProviderFailure = {
  kind: "overloaded",
  message: "Overloaded.",
  status: 529,
  code: null,
  retryable: true,
  retryAfterMs: null,
};

test("F2: nine hours of failures are waited out exactly by the schedule, eight hours in all, then given up", () => {
  const retry = createScheduledRetry();
  const waits: number[] = [];
  let sleptMs = 0;
  for (let attempt = 1; ; attempt++) {
    const decision = retry.delayFor(attempt, overloaded, sleptMs);
    if (decision.kind === "give-up") {
      expect(decision.reason).toBe("budget");
      break;
    }
    waits.push(decision.delayMs / 1_000);
    sleptMs += decision.delayMs;
    expect(decision.budgetLeftMs).toBe(8 * 3_600_000 - sleptMs);
  }
  expect(waits.slice(0, 9)).toEqual([5, 10, 30, 60, 120, 300, 600, 1_800, 1_800]);
  expect(new Set(waits.slice(7))).toEqual(new Set([1_800]));
  expect(sleptMs).toBeLessThanOrEqual(8 * 3_600_000);
  expect(sleptMs + 1_800_000).toBeGreaterThan(8 * 3_600_000);
});

test("F1: the wait that the provider asks for replaces the scheduled one", () => {
  const decision = createScheduledRetry().delayFor(1, { ...overloaded, retryAfterMs: 3_000 }, 0);
  expect(decision).toEqual({ kind: "wait", delayMs: 3_000, budgetLeftMs: 8 * 3_600_000 - 3_000 });
});

test("F1: an absurd Retry-After gives up instead of waiting beyond the budget", () => {
  const decision = createScheduledRetry().delayFor(1, { ...overloaded, retryAfterMs: 1e12 }, 0);
  expect(decision).toEqual({ kind: "give-up", reason: "budget" });
});

test("F1: a Retry-After of nothing does not ask again without an end: the schedule holds", () => {
  const decision = createScheduledRetry().delayFor(2, { ...overloaded, retryAfterMs: 0 }, 5_000);
  expect(decision).toMatchObject({ kind: "wait", delayMs: 10_000 });
});

test("a budget of 0 never waits, whatever is scheduled or asked for", () => {
  const retry = createScheduledRetry({ delaysMs: [0], sleptMsMax: 0 });
  for (const retryAfterMs of [null, 0, 0.2]) {
    const decision = retry.delayFor(1, { ...overloaded, retryAfterMs }, 0);
    expect(decision).toEqual({ kind: "give-up", reason: "budget" });
  }
});

test("whatever providers ask for, the waits of a step never exceed the budget", () => {
  const asked = fc.array(fc.oneof(fc.constant(null), fc.double({ noNaN: false })), { maxLength: 60 });
  fc.assert(
    fc.property(asked, (answers) => {
      const retry = createScheduledRetry();
      let sleptMs = 0;
      for (const [index, retryAfterMs] of answers.entries()) {
        const decision = retry.delayFor(index + 1, { ...overloaded, retryAfterMs }, sleptMs);
        if (decision.kind === "give-up") return;
        expect(decision.delayMs).toBeGreaterThanOrEqual(1);
        sleptMs += decision.delayMs;
        expect(sleptMs).toBeLessThanOrEqual(defaultRetrySchedule.sleptMsMax);
      }
    }),
  );
});
