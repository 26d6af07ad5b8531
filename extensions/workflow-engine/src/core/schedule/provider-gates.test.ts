import { fakeTimers } from "@lathe/extension-kit/testing";
import { expect, test } from "vitest";
import { ProviderGates } from "./provider-gates.ts";

const never = new AbortController().signal;

test("a wave that is refused makes the gate half as wide, once, and nobody begins until it may be asked again", async () => {
  const time = fakeTimers();
  const gate = new ProviderGates({ timers: time, countMax: 8 }).of("demo");
  await gate.enter(never);
  for (let refusal = 0; refusal < 5; refusal += 1) gate.onBusy(1_000);
  expect(gate.window).toBe(4);
  let entered = false;
  const waiting = gate.enter(never).then(() => {
    entered = true;
  });
  await time.advance(900);
  expect(entered).toBe(false);
  await time.advance(100);
  await waiting;
  expect(entered).toBe(true);
});

test("the gate opens again by one for each window of answers, up to its width", async () => {
  const time = fakeTimers();
  const gate = new ProviderGates({ timers: time, countMax: 4 }).of("demo");
  gate.onBusy(10);
  await time.advance(10);
  gate.onBusy(10);
  await time.advance(10);
  expect(gate.window).toBe(1);
  gate.onAnswered();
  expect(gate.window).toBe(2);
  gate.onAnswered();
  expect(gate.window).toBe(2);
  for (let answer = 0; answer < 50; answer += 1) gate.onAnswered();
  expect(gate.window).toBe(4);
});

test("each provider has its own gate", () => {
  const gates = new ProviderGates({ timers: fakeTimers(), countMax: 4 });
  gates.of("one").onBusy(1_000);
  expect(gates.of("one").isHeld).toBe(true);
  expect(gates.of("other").isHeld).toBe(false);
  expect(gates.of("one")).toBe(gates.of("one"));
});
