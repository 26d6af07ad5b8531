import type { ConversationEvent } from "@lathe/kernel";
import { expect, test } from "vitest";
import { EventQueue } from "./event-queue.ts";

const event = (text: string): ConversationEvent => ({
  conversationId: "cnv_1",
  turnId: "trn_1",
  stepId: "trn_1#0",
  type: "text-delta",
  text,
});

test("what was taken in comes out in order, and then how it ended", async () => {
  const queue = new EventQueue({ eventCountMax: 10, lengthMax: 100 });
  const events = queue.events();
  const first = events.next();
  queue.push(event("a"), 1);
  queue.push(event("b"), 1);
  queue.end("over");
  queue.fail(new Error("The first end counts."));
  expect([await first, await events.next(), await events.next()]).toEqual([
    { done: false, value: event("a") },
    { done: false, value: event("b") },
    { done: true, value: "over" },
  ]);
});

test("more events than fit are not taken, and what is taken out makes room", async () => {
  const queue = new EventQueue({ eventCountMax: 2, lengthMax: 100 });
  expect(["a", "b", "c"].map((text) => queue.push(event(text), 1))).toEqual([true, true, false]);
  const events = queue.events();
  await events.next();
  expect(["d", "e"].map((text) => queue.push(event(text), 1))).toEqual([true, false]);
});

test("more characters than fit are not taken, but for one event alone", () => {
  const queue = new EventQueue({ eventCountMax: 10, lengthMax: 100 });
  expect([queue.push(event("a"), 1_000), queue.push(event("b"), 1)]).toEqual([true, false]);
});

test("a failure comes behind what waits, and whoever gives up does not get to see that", async () => {
  const limits = { eventCountMax: 10, lengthMax: 100 };
  const [failing, abandoned] = [new EventQueue(limits), new EventQueue(limits)];
  for (const queue of [failing, abandoned]) queue.push(event("a"), 1);
  failing.fail(new Error("It broke."));
  const events = failing.events();
  expect(await events.next()).toEqual({ done: false, value: event("a") });
  await expect(events.next()).rejects.toThrow("It broke.");
  abandoned.abandon(new Error("Enough."));
  await expect(abandoned.events().next()).rejects.toThrow("Enough.");
});

test("who gives up in the middle gets no more of what has waited", async () => {
  const queue = new EventQueue({ eventCountMax: 10, lengthMax: 100 });
  for (const text of ["a", "b", "c"]) queue.push(event(text), 1);
  const events = queue.events();
  await events.next();
  queue.abandon(new Error("Enough."));
  await expect(events.next()).rejects.toThrow("Enough.");
});
