import { expect, test } from "vitest";
import { Gate } from "./gate.ts";

const never = new AbortController().signal;

test("so many are in at a time, and the next goes in when one leaves, in the order of asking", async () => {
  const gate = new Gate(2);
  const order: string[] = [];
  const enter = async (name: string): Promise<() => void> => {
    const leave = await gate.enter(never);
    order.push(name);
    return leave ?? (() => undefined);
  };
  const leaves = [await enter("a"), await enter("b")];
  const waiting = [enter("c"), enter("d")];
  expect(order).toEqual(["a", "b"]);
  leaves[1]?.();
  const leaveAsC = await waiting[0];
  expect(order).toEqual(["a", "b", "c"]);
  leaveAsC?.();
  await waiting[1];
  expect(order).toEqual(["a", "b", "c", "d"]);
});

test("whoever gives up while waiting takes no place", async () => {
  const gate = new Gate(1);
  const leave = await gate.enter(never);
  const control = new AbortController();
  const impatient = gate.enter(control.signal);
  const patient = gate.enter(never);
  control.abort();
  expect(await impatient).toBeUndefined();
  leave?.();
  expect(await patient).toBeTypeOf("function");
  expect(await gate.enter(control.signal)).toBeUndefined();
});

test("whoever gives up in the moment of being let in still has the place to leave", async () => {
  const gate = new Gate(1);
  const first = await gate.enter(never);
  const control = new AbortController();
  const second = gate.enter(control.signal);
  first?.();
  control.abort();
  (await second)?.();
  expect(await gate.enter(never)).toBeTypeOf("function");
});
