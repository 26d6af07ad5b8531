import type { ConversationEvent, DurableEvent, Entry, Subscriber, TransientEvent } from "@lathe/kernel";
import { foldEvents, startView, turnsOf } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LiveConversation } from "./live-conversation.ts";

const names = { conversationId: "cnv_1", turnId: "trn_1" };

const turnStart: DurableEvent = {
  type: "turn-start",
  ...names,
  runId: "run_1",
  agent: "default",
  model: "p/m",
};

/** One turn of a few steps, as the recorder and the kernel publish it. */
const turn = fc
  .array(fc.array(fc.constantFrom("a", "b", "call"), { maxLength: 5 }), { minLength: 1, maxLength: 4 })
  .map((steps) => [turnStart, ...steps.flatMap((parts, index) => eventsOfStep(index, parts))]);

function eventsOfStep(index: number, parts: readonly string[]): (TransientEvent | DurableEvent)[] {
  const step = { ...names, stepId: `trn_1#${index}` };
  const text = parts.filter((part) => part !== "call").join("");
  return [
    { type: "step-start", ...step, index, provider: "p", model: "m" },
    ...parts.map(
      (part, at): TransientEvent =>
        part === "call"
          ? { type: "tool-call-delta", ...step, callId: `c${at}`, name: "look", argumentsText: "{}" }
          : { type: "text-delta", ...step, text: part },
    ),
    {
      type: "step-complete",
      ...step,
      index,
      provider: "p",
      model: "m",
      finishReason: "stop",
      ...(text === ""
        ? {}
        : { message: { role: "assistant", provider: "p", model: "m", content: [{ type: "text", text }] } }),
      toolResults: [],
      toolCalls: [],
      usage: null,
      contextSize: null,
      metrics: { startedAtMs: 0, timeToFirstTokenMs: null, decodeMs: null, totalMs: 0 },
    },
  ];
}

class Watcher implements Subscriber {
  readonly events: ConversationEvent[] = [];
  ended: string | undefined;
  onEvent(event: ConversationEvent): void {
    this.events.push(event);
  }
  onEnd(reason: string): void {
    this.ended = reason;
  }
}

function viewOf(events: readonly ConversationEvent[]): unknown {
  let view = startView();
  for (const event of events) view = foldEvents(view, event);
  return { lastSeq: view.lastSeq, turns: turnsOf(view) };
}

const ticks = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index++) await undefined;
};

test("wherever a subscriber joins, with whatever delays, it ends with what a subscriber from the start has", async () => {
  const joins = fc.array(fc.record({ at: fc.nat(30), delay: fc.nat(6) }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(turn, joins, async (events, subscribers) => {
      const log: Entry[] = [];
      const delays = subscribers.map((subscriber) => subscriber.delay);
      const live = new LiveConversation(async (sinceSeq, limit) => {
        await ticks(delays[log.length % delays.length] ?? 0);
        return log.slice(sinceSeq, sinceSeq + Math.min(limit, 2));
      }, 0);
      const first = new Watcher();
      live.subscribe(0, first);
      await ticks(20);
      const watchers: Watcher[] = [];
      for (const [index, event] of events.entries()) {
        for (const subscriber of subscribers) {
          if (subscriber.at !== index) continue;
          const watcher = new Watcher();
          watchers.push(watcher);
          live.subscribe(0, watcher);
        }
        if (event.type === "step-complete" || event.type === "turn-start") {
          const entry = { ...event, seq: log.length + 1, atMs: 0 } as Entry;
          log.push(entry);
          await ticks(1);
          live.publishEntries([entry]);
        } else live.publishTransient(event as TransientEvent);
        await ticks(index % 3);
      }
      await ticks(200);
      for (const watcher of watchers) {
        const seqs = watcher.events.flatMap((event) => ("seq" in event ? [event.seq] : []));
        expect(seqs).toEqual(log.map((entry) => entry.seq));
        expect(viewOf(watcher.events)).toEqual(viewOf(first.events));
      }
      expect(viewOf(log)).toEqual(viewOf(first.events));
    }),
    { numRuns: 500 },
  );
});

test("nothing is delivered before subscribe has returned", async () => {
  const live = new LiveConversation(async () => [], 0);
  live.publishTransient({
    type: "step-start",
    ...names,
    stepId: "trn_1#0",
    index: 0,
    provider: "p",
    model: "m",
  });
  const watcher = new Watcher();
  live.subscribe(0, watcher);
  expect(watcher.events).toEqual([]);
  await ticks(5);
  expect(watcher.events.map((event) => event.type)).toEqual(["step-partial"]);
});

test("a subscriber that throws is left out, and the others go on", async () => {
  const live = new LiveConversation(async () => [], 0);
  const watcher = new Watcher();
  let calls = 0;
  live.subscribe(0, {
    onEvent: () => {
      calls++;
      throw new Error("I cannot.");
    },
    onEnd: () => {},
  });
  live.subscribe(0, watcher);
  await ticks(5);
  const step = { ...names, stepId: "trn_1#0" };
  live.publishTransient({ type: "text-delta", ...step, text: "one" });
  live.publishTransient({ type: "text-delta", ...step, text: "two" });
  expect(calls).toBe(1);
  expect(watcher.events).toHaveLength(2);
});

test("a log that cannot be read ends the subscription with a reason", async () => {
  const live = new LiveConversation(async () => {
    throw new Error("The disk is gone.");
  }, 3);
  const watcher = new Watcher();
  live.subscribe(0, watcher);
  await ticks(10);
  expect(watcher.ended).toBe("failed");
});

test("a subscription that was stopped while it read is heard of no more", async () => {
  const live = new LiveConversation(async () => [], 1);
  const watcher = new Watcher();
  const stop = live.subscribe(0, watcher);
  stop();
  stop();
  await ticks(10);
  expect([watcher.events, watcher.ended, live.watched]).toEqual([[], undefined, false]);
});
