import { fakeTimers } from "@lathe/extension-kit/testing";
import {
  type Admission,
  type Conversation,
  type ConversationEvent,
  type Subscriber,
  TurnRefusedError,
  type Turns,
} from "@lathe/kernel";
import type { AnyOperation, Call, EventSink, Problem } from "@lathe/wire";
import { safeParse } from "valibot";
import { expect, test } from "vitest";
import { answers, contributionsOf, openStage, plainConfig, sealedTurns } from "../testing/stage.ts";
import { parseAgentsConfig } from "./agent-definitions.ts";
import { modelsOperation, sendOperation, stopOperation, streamOperation } from "./operations.ts";

const call: Call = {
  principal: { id: "local", scopes: ["read", "write"] },
  signal: new AbortController().signal,
};
const stranger: Call = { ...call, principal: { id: "stranger", scopes: ["read", "write"] } };
const admission: Admission = { runId: "run_1", turnId: "trn_1", seq: 4 };

class Sink implements EventSink {
  readonly types: string[] = [];
  readonly ends: (Problem | undefined)[] = [];
  event(event: ConversationEvent, json: () => string): void {
    expect(JSON.parse(json())).toEqual(event);
    this.types.push(event.type);
  }
  end(problem?: Problem): void {
    this.ends.push(problem);
  }
}

/** The conversation `cnv_1`, and no other. */
const conversations = {
  get: async (id: string) =>
    id === "cnv_1" ? ({ id, owner: "local", lastSeq: 9 } as Conversation) : undefined,
};

/** Turns that only note who subscribes and who stops. */
function noted() {
  const notes = { sinceSeq: -1, stopCount: 0, subscriber: undefined as Subscriber | undefined };
  const turns: Turns = {
    send: async () => admission,
    stop: async () => true,
    drain: async () => {},
    isDraining: false,
    restore: async () => {
      throw new Error("Nobody restores here.");
    },
    subscribe: (_id, sinceSeq, subscriber) => {
      notes.sinceSeq = sinceSeq;
      notes.subscriber = subscriber;
      return () => {
        notes.stopCount++;
      };
    },
  };
  return { turns, conversations, notes };
}

function follow(operation: AnyOperation, sink: EventSink): () => void {
  const stream = operation.follow?.({ id: "cnv_1", text: "Hi." }, admission, call);
  if (stream === undefined) throw new Error("The operation can be followed.");
  return stream(sink);
}

function sealOf(turnId: string): ConversationEvent {
  return { type: "turn-sealed", conversationId: "cnv_1", turnId, seq: 9, atMs: 0 };
}

test.each([
  ["no text", { id: "cnv_1" }, "text"],
  ["a text of spaces", { id: "cnv_1", text: " \n\t" }, "text"],
  ["a text that is too long", { id: "cnv_1", text: "x".repeat(524_289) }, "text"],
  ["a text that is none", { id: "cnv_1", text: 7 }, "text"],
  ["an empty model", { id: "cnv_1", text: "Hi.", model: "" }, "model"],
  ["an unknown field", { id: "cnv_1", text: "Hi.", agnet: "x" }, "agnet"],
  ["an empty id", { id: "", text: "Hi." }, "id"],
])("a message with %s is refused, with the name of the field", (_what, input, field) => {
  const parsed = safeParse(sendOperation(noted()).input, input);
  expect(parsed.issues?.map((issue) => issue.path?.[0]?.key)).toEqual([field]);
});

test("a message is sent with the model that was asked for, and without one where none was", async () => {
  const sent: unknown[] = [];
  const send: Turns["send"] = async (...parts) => {
    sent.push(parts);
    return admission;
  };
  const turns: Turns = { ...noted().turns, send };
  const operation = sendOperation({ turns, conversations });
  expect(await operation.run({ id: "cnv_1", text: "Hi." }, call)).toEqual(admission);
  await operation.run({ id: "cnv_1", text: "Hi.", model: "p/m" }, call);
  expect(sent).toEqual([
    ["cnv_1", { text: "Hi." }, { owner: "local" }],
    ["cnv_1", { text: "Hi.", model: "p/m" }, { owner: "local" }],
  ]);
});

test("a refusal leaves as it is, with its code", async () => {
  const refusal = new TurnRefusedError("turn-in-progress", "Wait.");
  const turns: Turns = { ...noted().turns, send: () => Promise.reject(refusal) };
  const operation = sendOperation({ turns, conversations });
  await expect(operation.run({ id: "cnv_1", text: "Hi." }, call)).rejects.toBe(refusal);
  expect(operation.problems).toContain(refusal.code);
});

test("what follows a message begins with the message itself, ends at the seal of its turn, and is left then", () => {
  const desk = noted();
  const { notes } = desk;
  const sink = new Sink();
  follow(sendOperation(desk), sink);
  expect(notes.sinceSeq).toBe(3);
  const show = (event: ConversationEvent) => notes.subscriber?.onEvent(event, () => JSON.stringify(event));
  show(sealOf("trn_0"));
  expect([sink.ends, notes.stopCount]).toEqual([[], 0]);
  show(sealOf("trn_1"));
  expect([sink.ends, notes.stopCount]).toEqual([[undefined], 1]);
  expect(sink.types).toEqual(["turn-sealed", "turn-sealed"]);
});

test("who goes away stops the subscription, and nothing else", async () => {
  const desk = noted();
  const { notes } = desk;
  const sink = new Sink();
  const stop = follow(sendOperation(desk), sink);
  stop();
  expect([notes.stopCount, sink.ends]).toEqual([1, []]);
});

test.each([
  ["failed", 503, "stream-failed"],
  ["deleted", 404, "unknown-conversation"],
] as const)("a subscription that ends as %s ends the stream with a problem", (reason, status, code) => {
  const desk = noted();
  const { notes } = desk;
  const sink = new Sink();
  follow(sendOperation(desk), sink);
  notes.subscriber?.onEnd(reason);
  expect(sink.ends).toMatchObject([{ status, code }]);
});

test("a real turn is followed from its message to its seal, and the next one is not", async () => {
  const stage = await openStage();
  const { id } = stage.conversation;
  const operation = sendOperation(stage);
  stage.stream = answers;
  const sink = new Sink();
  const admitted = await operation.run({ id, text: "Hi." }, call);
  operation.follow?.({ id, text: "Hi." }, admitted, call)?.(sink);
  await sealedTurns(stage, 1);
  await expect.poll(() => sink.ends).toEqual([undefined]);
  await stage.turns.send(id, { text: "More." });
  await sealedTurns(stage, 2);
  expect(sink.types.filter((type) => type === "user-message" || type === "turn-sealed")).toEqual([
    "user-message",
    "turn-sealed",
  ]);
});

test("a stop answers whether anything was stopped", async () => {
  const stage = await openStage();
  const operation = stopOperation(stage);
  expect(await operation.run({ id: stage.conversation.id }, call)).toEqual({ stopped: false });
  await expect(operation.run({ id: "cnv_none" }, call)).rejects.toMatchObject({
    code: "unknown-conversation",
  });
});

const asked = { id: "cnv_1", sinceSeq: 0 };

test.each([
  ["the position of its input", { ...asked, sinceSeq: 4 }, {}, 4],
  ["what the client says it saw last", { ...asked, sinceSeq: 4 }, { lastEventId: "7" }, 7],
])("a conversation is followed from %s", (_what, input, sent, sinceSeq) => {
  const desk = noted();
  const operation = streamOperation(desk);
  operation.follow?.(input, { lastSeq: 9 }, { ...call, ...sent })?.(new Sink());
  expect(desk.notes.sinceSeq).toBe(sinceSeq);
  expect(operation.streamName?.(input, { lastSeq: 9 })).toBe("conversation:cnv_1");
});

test.each([
  "-1",
  "NaN",
  "9223372036854775808",
  "1".repeat(1_000_000),
])("G8: a client that comes again with %.20s is given the position that no log has", (lastEventId) => {
  const desk = noted();
  streamOperation(desk).follow?.(asked, { lastSeq: 9 }, { ...call, lastEventId })?.(new Sink());
  expect(desk.notes.sinceSeq).toBe(Number.MAX_SAFE_INTEGER);
});

test("the stream of a conversation goes on after a seal, and ends with a problem when it is deleted", () => {
  const desk = noted();
  const sink = new Sink();
  streamOperation(desk).follow?.(asked, { lastSeq: 9 }, call)?.(sink);
  const seal = sealOf("trn_1");
  desk.notes.subscriber?.onEvent(seal, () => JSON.stringify(seal));
  expect([sink.types, sink.ends]).toEqual([["turn-sealed"], []]);
  desk.notes.subscriber?.onEnd("deleted");
  expect(sink.ends).toMatchObject([{ status: 404, code: "unknown-conversation" }]);
});

test.each([
  ["send", sendOperation],
  ["stop", stopOperation],
  ["stream", streamOperation],
] as const)("a conversation of another principal is forbidden to %s, and one that is none is unknown", async (_what, operationOf) => {
  const operation = operationOf(noted());
  const input = { id: "cnv_1", text: "Hi.", sinceSeq: 0 };
  await expect(operation.run(input, stranger)).rejects.toMatchObject({ status: 403, code: "forbidden" });
  const nowhere = { ...input, id: "cnv_none" };
  await expect(operation.run(nowhere, call)).rejects.toMatchObject({ status: 404 });
  expect(operation.problems).toEqual(expect.arrayContaining(["forbidden", "unknown-conversation"]));
});

test("the list of models names the one that a conversation gets, and fits its own schema", async () => {
  const provider = {
    id: "p",
    models: async () => [{ id: "m", contextTokens: null, outputTokensMax: 10 }],
    stream: () => ({}) as never,
  };
  const listWith = async (parts: object) => {
    const config = parseAgentsConfig({ ...plainConfig, model: null, ...parts });
    const operation = modelsOperation(config, contributionsOf({ p: provider }), fakeTimers());
    const output = await operation.run({}, call);
    expect(safeParse(operation.output, output).success).toBe(true);
    return output.default;
  };
  expect(await listWith({ model: "p/configured", preferredModels: ["p/preferred"] })).toBe("p/configured");
  expect(await listWith({ preferredModels: ["absent/x", "p/preferred"] })).toBe("p/preferred");
  expect(await listWith({})).toBeNull();
});
