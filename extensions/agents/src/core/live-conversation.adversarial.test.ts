import {
  type ConversationEvent,
  type DurableEvent,
  type Entry,
  type TransientEvent,
  UnknownConversationError,
} from "@lathe/kernel";
import { foldEvents, startView, turnsOf } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Watcher } from "../testing/stage.ts";
import { LiveConversation, type StoredLog } from "./live-conversation.ts";

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

function viewOf(events: readonly ConversationEvent[]): unknown {
  let view = startView();
  for (const event of events) view = foldEvents(view, event);
  return { lastSeq: view.lastSeq, turns: turnsOf(view) };
}

/** The steps that a subscriber was given in part after it had them whole. */
function partialsOfCompleteSteps(events: readonly ConversationEvent[]): readonly string[] {
  const complete = new Set<string>();
  return events.flatMap((event) => {
    if (event.type === "step-complete") complete.add(event.stepId);
    return event.type === "step-partial" && complete.has(event.stepId) ? [event.stepId] : [];
  });
}

const empty: StoredLog = {
  conversationId: "cnv_1",
  lastSeq: async () => 0,
  entries: async () => [],
  snapshot: async () => undefined,
};

function openLive(log: Partial<StoredLog> = {}): LiveConversation {
  return new LiveConversation({ ...empty, ...log }, () => {});
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
      const live = openLive({
        // The log may be ahead of what was published, and the answer may be late.
        lastSeq: async () => {
          const lastSeq = log.length;
          await ticks(delays[log.length % delays.length] ?? 0);
          return lastSeq;
        },
        entries: async (sinceSeq, limit) => {
          await ticks(delays[log.length % delays.length] ?? 0);
          return log.slice(sinceSeq, sinceSeq + Math.min(limit, 2));
        },
      });
      const first = new Watcher();
      live.subscribe(0, first);
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
          await ticks(1 + ((index * 5) % 12));
          live.publishEntries([entry]);
        } else live.publishTransient(event as TransientEvent);
        await ticks(index % 3);
      }
      await ticks(200);
      for (const watcher of watchers) {
        const seqs = watcher.events.flatMap((event) => ("seq" in event ? [event.seq] : []));
        expect(seqs).toEqual(log.map((entry) => entry.seq));
        expect(viewOf(watcher.events)).toEqual(viewOf(first.events));
        expect(partialsOfCompleteSteps(watcher.events)).toEqual([]);
      }
      expect(viewOf(log)).toEqual(viewOf(first.events));
    }),
    { numRuns: 500 },
  );
});

test("nothing is delivered before subscribe has returned", async () => {
  const live = openLive();
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
  const live = openLive();
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
  const live = openLive({
    lastSeq: async () => 3,
    entries: async () => {
      throw new Error("The disk is gone.");
    },
  });
  const watcher = new Watcher();
  live.subscribe(0, watcher);
  await ticks(10);
  expect(watcher.ended).toBe("failed");
});

test("a subscription that was stopped while it read is heard of no more", async () => {
  const live = openLive({ lastSeq: async () => 1 });
  const watcher = new Watcher();
  const stop = live.subscribe(0, watcher);
  stop();
  stop();
  await ticks(10);
  expect([watcher.events, watcher.ended, live.watched]).toEqual([[], undefined, false]);
});

test("a conversation that is not there, or goes while its log is read, ends the subscription as deleted", async () => {
  const gone: Partial<StoredLog>[] = [
    { lastSeq: async () => undefined },
    {
      lastSeq: async () => 2,
      entries: async () => {
        throw new UnknownConversationError("cnv_1");
      },
    },
  ];
  for (const log of gone) {
    const live = openLive(log);
    const watcher = new Watcher();
    live.subscribe(0, watcher);
    await ticks(10);
    expect([watcher.ended, live.watched]).toEqual(["deleted", false]);
  }
});

test("an end reaches also who still reads what it misses, once", async () => {
  const read = Promise.withResolvers<readonly Entry[]>();
  const live = openLive({ lastSeq: async () => 1, entries: () => read.promise });
  const watcher = new Watcher();
  live.subscribe(0, watcher);
  await ticks(10);
  live.end("failed");
  read.reject(new Error("The disk is gone."));
  await ticks(10);
  expect([watcher.events, watcher.ended, live.watched]).toEqual([[], "failed", false]);
});

test("a subscriber that throws, or was told of the end, is watching no more, though it never says that it stops", async () => {
  let unwatched = 0;
  const live = new LiveConversation(empty, () => unwatched++);
  const step = { ...names, stepId: "trn_1#0" };
  live.subscribe(0, {
    onEvent: () => {
      throw new Error("I cannot.");
    },
    onEnd: () => {},
  });
  await ticks(10);
  live.publishTransient({ type: "text-delta", ...step, text: "one" });
  expect([live.watched, unwatched]).toEqual([false, 1]);
  const stop = live.subscribe(0, new Watcher());
  live.end("failed");
  stop();
  expect([live.watched, unwatched]).toEqual([false, 2]);
});

test("one that throws while it catches up receives nothing more", async () => {
  const log = [turnStart, turnStart].map((event, index) => ({ ...event, seq: index + 1, atMs: 0 }) as Entry);
  const live = openLive({ lastSeq: async () => 2, entries: async () => log });
  let calls = 0;
  live.subscribe(0, {
    onEvent: () => {
      calls++;
      throw new Error("I cannot.");
    },
    onEnd: () => {},
  });
  await ticks(20);
  live.publishTransient({ type: "text-delta", ...names, stepId: "trn_1#0", text: "one" });
  expect([calls, live.watched]).toEqual([1, false]);
});

test("who stops in the middle of a page receives nothing more of it", async () => {
  const log = [turnStart, turnStart].map((event, index) => ({ ...event, seq: index + 1, atMs: 0 }) as Entry);
  const live = openLive({ lastSeq: async () => 2, entries: async () => log });
  const seqs: number[] = [];
  const stop = live.subscribe(0, {
    onEvent: (event) => {
      seqs.push("seq" in event ? event.seq : 0);
      stop();
    },
    onEnd: () => {},
  });
  await ticks(20);
  expect(seqs).toEqual([1]);
});

test("G8: who claims a position that is not there is told so, and receives everything", async () => {
  const live = openLive();
  const watcher = new Watcher();
  live.subscribe(2, watcher);
  await ticks(10);
  for (const seq of [1, 2, 3]) live.publishEntries([{ ...turnStart, seq, atMs: 0 } as Entry]);
  expect(watcher.events).toMatchObject([
    { type: "reset", conversationId: "cnv_1", lastSeq: 0 },
    { seq: 1 },
    { seq: 2 },
    { seq: 3 },
  ]);
});

test("an event is serialized once, however many watch", async () => {
  const live = openLive();
  const texts: string[] = [];
  for (let index = 0; index < 3; index++) {
    live.subscribe(0, { onEvent: (_event, json) => texts.push(json()), onEnd: () => {} });
  }
  await ticks(10);
  let serialized = 0;
  const event = { type: "text-delta", ...names, stepId: "trn_1#0", text: "one" } as const;
  const toJSON = () => {
    serialized++;
    return event;
  };
  live.publishTransient({ ...event, toJSON } as never);
  expect([texts, serialized]).toEqual([Array(3).fill(JSON.stringify(event)), 1]);
});
