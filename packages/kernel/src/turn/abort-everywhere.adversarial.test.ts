import { expect, test } from "vitest";
import type { TransientEvent } from "../contracts/events.ts";
import type { Message } from "../contracts/message.ts";
import type { ProviderEvent, ProviderFailure } from "../contracts/provider.ts";
import { type Act, type Rehearsal, rehearse, stageTool } from "../testing/rehearsal.ts";
import { Transcript } from "./transcript.ts";
import type { TurnDesk } from "./turn.ts";

const callsFinish: ProviderEvent = { type: "finish", reason: "tool-calls", rawReason: "tool_calls" };
const overloaded: ProviderFailure = {
  kind: "overloaded",
  message: "Overloaded.",
  status: 529,
  code: null,
  retryable: true,
  retryAfterMs: null,
};

function say(text: string): ProviderEvent {
  return { type: "text-delta", text };
}

function call(callId: string, name: string): ProviderEvent {
  return { type: "tool-call", callId, name, argumentsText: `{"for":"${callId}"}` };
}

/** A failure, a step with calls of every kind and a word from outside, a last step. */
const acts: readonly (readonly Act[])[] = [
  [[{ type: "error", failure: overloaded }]],
  [
    [say("I look."), call("c1", "look"), call("c2", "absent")],
    { kind: "wait", ms: 5 },
    [call("c3", "write"), call("c4", "look"), callsFinish],
  ],
  [[say("Se")], { kind: "wait", ms: 5 }, [say("en."), { type: "finish", reason: "stop", rawReason: null }]],
];

/** Rehearses the turn with an abort at the n-th thing that the turn does through its desk or its tools. */
function abortedAt(position: number): { readonly stage: Rehearsal; readonly countOf: () => number } {
  let count = 0;
  const pass = () => {
    if (count++ === position) stage.abort();
  };
  const tool = (name: string, readOnly: boolean) =>
    stageTool(
      name,
      async (_input, context) => {
        pass();
        await stage.desk.sleep(3, context.signal);
        pass();
        return { content: name };
      },
      { readOnly, concurrencySafe: readOnly },
    );
  let waiting: string[] = ["Hurry."];
  const stage: Rehearsal = rehearse({
    calls: acts,
    tools: [tool("look", true), tool("write", false)],
    desk: {
      approve: async () => {
        pass();
        await undefined;
        pass();
        return { kind: "allowed" };
      },
      drainSteering: async () => {
        pass();
        const taken = waiting;
        waiting = [];
        return taken.map((text) => ({ role: "user", content: [{ type: "text", text }] }));
      },
    },
  });
  const { emit, record, sleep } = stage.desk;
  const counted: Pick<TurnDesk, "emit" | "record" | "sleep"> = {
    emit: (event) => {
      emit(event);
      pass();
    },
    record: async (events) => {
      pass();
      await record(events);
      pass();
    },
    sleep: (ms, signal) => {
      pass();
      return sleep(ms, signal);
    },
  };
  Object.assign(stage.desk, counted);
  return { stage, countOf: () => count };
}

function messagesOf(stage: Rehearsal): readonly Message[] {
  return stage.commits.flat().flatMap((event): readonly Message[] => {
    if (event.type === "steering") return [{ role: "user", content: event.content }];
    if (event.type !== "step-complete") return [];
    return event.message === undefined ? event.toolResults : [event.message, ...event.toolResults];
  });
}

/** Events that say that something begins, or that the model will hear of it. The batch at hand may be shown to its end. */
const begins: ReadonlySet<string> = new Set<TransientEvent["type"]>([
  "step-start",
  "tool-trace-start",
  "tool-result",
  "provider-retry",
  "model-fallback",
]);

const firstMessage: Message = { role: "user", content: [{ type: "text", text: "Begin." }] };

test("wherever an abort falls: one done, nothing starts after it, and what is stored is what the next turn is sent", async () => {
  const unhindered = abortedAt(Number.POSITIVE_INFINITY);
  expect((await unhindered.stage.run()).finishReason).toBe("stop");
  const positions = unhindered.countOf();
  expect(positions).toBeGreaterThan(30);
  const reasons = new Set<string>();
  for (let position = 0; position < positions; position++) {
    const { stage } = abortedAt(position);
    const seen: { readonly type: string; readonly aborted: boolean }[] = [];
    const { emit } = stage.desk;
    stage.desk.emit = (event) => {
      seen.push({ type: event.type, aborted: stage.plan.signal.aborted });
      emit(event);
    };
    const done = await stage.run();
    reasons.add(done.finishReason);
    expect(stage.events.filter((event) => event.type === "done")).toEqual([done]);
    const late = seen.filter((event) => event.aborted).map((event) => event.type);
    expect(late.filter((type) => begins.has(type))).toEqual([]);
    const sent = stage.plan.transcript.forRequest();
    expect(new Transcript([firstMessage, ...messagesOf(stage)]).forRequest()).toEqual(sent);
    expect([firstMessage, ...messagesOf(stage)]).toEqual(sent);
    expect(await stage.passTime()).toBe(0);
  }
  expect([...reasons].sort()).toEqual(["aborted", "stop"]);
});
