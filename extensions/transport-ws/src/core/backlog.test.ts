import type { ConversationEvent } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Backlog } from "./backlog.ts";
import { eventFrame } from "./event-frames.ts";

const turn = { conversationId: "cnv_1", turnId: "trn_1" } as const;
const place = (index: number) => ({ ...turn, stepId: `trn_1#${index}` });
const call = (index: number, name: string) => ({ ...place(index), callId: name, name: "tool" });

type Piece =
  | { readonly kind: "text" | "reasoning" | "start" | "ready" | "retry" | "complete"; readonly text: string }
  | { readonly kind: "call"; readonly text: string; readonly name: string };

/** The events of one turn, as a subscriber who reads quickly receives them. */
function eventsOf(pieces: readonly Piece[]): readonly ConversationEvent[] {
  const events: ConversationEvent[] = [];
  let seq = 0;
  let index = 0;
  const commit = (event: object): void => {
    seq += 1;
    events.push({ ...turn, ...event, seq, atMs: seq } as ConversationEvent);
  };
  const begin = (): void => {
    events.push({ ...place(index), type: "step-start", index, provider: "demo", model: "one" });
  };
  commit({ type: "user-message", content: [{ type: "text", text: "hi" }] });
  commit({ type: "turn-start", runId: "run_1", agent: "a", model: "demo/one" });
  begin();
  for (const piece of pieces) {
    if (piece.kind === "text") events.push({ ...place(index), type: "text-delta", text: piece.text });
    else if (piece.kind === "reasoning")
      events.push({ ...place(index), type: "reasoning-delta", text: piece.text });
    else if (piece.kind === "call")
      events.push({ ...call(index, piece.name), type: "tool-call-delta", argumentsText: piece.text });
    else if (piece.kind === "ready") events.push({ ...call(index, "c1"), type: "tool-call", input: {} });
    else if (piece.kind === "start") begin();
    else if (piece.kind === "retry")
      events.push({
        ...place(index),
        type: "provider-retry",
        attempt: 1,
        delayMs: 1,
        reason: "overloaded",
        message: "later",
        budgetLeftMs: 1,
      });
    else {
      commit({
        ...place(index),
        type: "step-complete",
        index,
        provider: "demo",
        model: "one",
        finishReason: "stop",
        message: {
          role: "assistant",
          provider: "demo",
          model: "one",
          content: [{ type: "text", text: `whole ${index}` }],
        },
        toolResults: [],
        toolCalls: [],
        usage: null,
        contextSize: null,
        metrics: { startedAtMs: 1, timeToFirstTokenMs: null, decodeMs: null, totalMs: 1 },
      });
      index += 1;
      begin();
    }
  }
  return events;
}

const pieces = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom("text", "text", "reasoning", "start", "ready", "retry", "complete"),
      text: fc.string({ maxLength: 5 }),
    }),
    fc.record({
      kind: fc.constant("call"),
      text: fc.string({ maxLength: 5 }),
      name: fc.constantFrom("c1", "c2"),
    }),
  ),
  { maxLength: 60 },
) as fc.Arbitrary<readonly Piece[]>;

function add(backlog: Backlog, stream: string, event: ConversationEvent): void {
  backlog.addEvent(stream, event, () => eventFrame(stream, JSON.stringify(event)));
}

interface Read {
  readonly stream: string;
  readonly event: ConversationEvent;
}

function takeFrom(backlog: Backlog): Read | undefined {
  const frame = backlog.take();
  if (frame === undefined) return undefined;
  return JSON.parse(String(frame.subarray(frame.indexOf("{")))) as Read;
}

function foldAll(events: readonly ConversationEvent[]): ConversationView {
  return events.reduce(foldEvents, startView());
}

test("G10: whatever waits in the backlog, and whenever some is taken, the client comes to show the same", () => {
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(4), { maxLength: 80 }), (plan, takes) => {
      const events = eventsOf(plan);
      const backlog = new Backlog();
      const shown: Record<string, ConversationEvent[]> = { a: [], b: [] };
      const take = (): boolean => {
        const read = takeFrom(backlog);
        if (read !== undefined) shown[read.stream]?.push(read.event);
        return read !== undefined;
      };
      events.forEach((event, at) => {
        for (const stream of ["a", "b"]) add(backlog, stream, event);
        for (let count = takes[at] ?? 0; count > 0; count -= 1) take();
      });
      while (take());
      for (const stream of ["a", "b"]) expect(foldAll(shown[stream] ?? [])).toEqual(foldAll(events));
      const seqs = (shown.a ?? []).flatMap((event) => ("seq" in event ? [event.seq] : []));
      expect(seqs).toEqual(seqs.map((_seq, at) => at + 1));
      expect([backlog.size, backlog.isEmpty]).toEqual([0, true]);
    }),
    { numRuns: 300 },
  );
});

test("G10: the deltas of one part are one event, and those of a step that is complete meanwhile are none", () => {
  const backlog = new Backlog();
  for (let at = 0; at < 1_000; at += 1) {
    add(backlog, "a", { ...place(0), type: "text-delta", text: "ab" });
  }
  for (let at = 0; at < 1_000; at += 1) {
    for (const name of ["c1", "c2"])
      add(backlog, "a", { ...call(0, name), type: "tool-call-delta", argumentsText: "x" });
  }
  const before = backlog.size;
  expect(takeFrom(backlog)?.event).toEqual({ ...place(0), type: "text-delta", text: "ab".repeat(1_000) });
  const taken = [takeFrom(backlog)?.event, takeFrom(backlog)?.event, takeFrom(backlog)];
  expect(taken).toMatchObject([{ argumentsText: "x".repeat(1_000) }, { callId: "c2" }, undefined]);
  expect(before).toBeLessThan(1_000 * 40 + 2_000 * 40);
  const [, , , ...rest] = eventsOf([
    { kind: "text", text: "x" },
    { kind: "complete", text: "" },
  ]);
  for (const event of rest) add(backlog, "a", event);
  expect(takeFrom(backlog)?.event.type).toBe("step-complete");
});

test("a merged event stays small enough to be sent in one go", () => {
  const backlog = new Backlog();
  for (let at = 0; at < 100; at += 1)
    add(backlog, "a", { ...place(0), type: "text-delta", text: "x".repeat(1_000) });
  const lengths: number[] = [];
  for (let read = takeFrom(backlog); read !== undefined; read = takeFrom(backlog))
    if (read.event.type === "text-delta") lengths.push(read.event.text.length);
  expect(lengths).toEqual([32_000, 32_000, 32_000, 4_000]);
});

test("nothing that comes behind an answer gets before it", () => {
  const backlog = new Backlog();
  add(backlog, "a", { ...place(0), type: "text-delta", text: "1" });
  backlog.add(Buffer.from("answer"));
  add(backlog, "a", { ...place(0), type: "text-delta", text: "2" });
  const frames: string[] = [];
  for (let frame = backlog.take(); frame !== undefined; frame = backlog.take()) frames.push(String(frame));
  expect(frames.map((frame) => (frame === "answer" ? frame : "event"))).toEqual(["event", "answer", "event"]);
});
