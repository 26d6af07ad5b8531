// A model server that fails in every way that servers fail: the turn ends as it should, and the conversation goes on.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { chatAnswer, chatCallAnswer, chatCalls, chatEnd, chatText } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import {
  messagesAnswer,
  messagesCall,
  messagesEnd,
  messagesEvent,
  messagesStart,
  messagesText,
} from "../testing/messages-answers.ts";
import type { ModelAnswer } from "../testing/misbehaving-model-server.ts";
import { canaryKeys, Stage } from "../testing/stage.ts";
import { endingOf, expectSound, type WatchedTurn } from "../testing/watched-conversation.ts";
import { expectWellFormed } from "../testing/well-formed-request.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// One more attempt after 10 ms; a third would be beyond the budget, and so is any wait of more than 1.4 s.
const retry = { delaysMs: [10, 1_500], sleptMsMax: 1_400 };

// One daemon for all of them: what one fault leaves behind would show in the next.
let stage: Stage;
let daemon: DaemonProcess;
beforeAll(async () => {
  const nobody = { id: "nobody", baseUrl: "http://127.0.0.1:1/v1" };
  const extensions = { "provider-openai": { servers: [nobody] } };
  stage = await Stage.open({ config: { agents: { default: { retry } }, extensions } });
  daemon = await stage.start();
});
afterEach(() => stage.server.forget());
afterAll(() => stage.close());

interface Fault {
  readonly name: string;
  /** `shown` settles when the client has seen some text: a reset takes along what nobody has read. */
  readonly answers: (shown: Promise<unknown>) => readonly ModelAnswer[];
  /** The finish reason of the turn, or the kind of its failure; `stop` where absent. */
  readonly ending?: string;
  readonly askedCount: number;
  /** What is kept of the answers, all steps together. */
  readonly text?: string;
}

const refused = (status: number, error: object, headers: Record<string, string> = {}): ModelAnswer => {
  return { status, headers, pieces: [JSON.stringify({ error })] };
};
const well = "All is well.";
const half = [chatText("Half an "), chatText("answer")];

const chatFaults: readonly Fault[] = [
  {
    name: "F11: 401 is not tried again",
    answers: () => [
      refused(401, {
        message: `Incorrect API key provided: ${canaryKeys.OPENAI_API_KEY}.`,
        type: "invalid_request_error",
      }),
    ],
    ending: "auth",
    askedCount: 1,
  },
  {
    name: "F1: 429 without Retry-After is tried again after the scheduled wait",
    answers: () => [refused(429, { message: "Slow down.", type: "rate_limit_error" })],
    askedCount: 2,
    text: well,
  },
  {
    name: "F1: 429 with a Retry-After is tried again after that wait",
    answers: () => [refused(429, { message: "Slow down." }, { "retry-after": "1" })],
    askedCount: 2,
    text: well,
  },
  {
    name: "F1: a Retry-After beyond the budget ends the turn at once",
    answers: () => [refused(429, { message: "Slow down." }, { "retry-after": "1000000000" })],
    ending: "rate-limit",
    askedCount: 1,
  },
  {
    name: "a 429 that is a spend limit is not tried again",
    answers: () => [
      refused(429, { message: "You exceeded your current quota.", code: "insufficient_quota" }),
    ],
    ending: "quota",
    askedCount: 1,
  },
  {
    name: "F2: 500 is tried again",
    answers: () => [refused(500, { message: "Oops." })],
    askedCount: 2,
    text: well,
  },
  {
    name: "F2: 500 every time ends the turn when the budget is used up",
    answers: () => [refused(500, { message: "Oops." }), refused(500, { message: "Oops." })],
    ending: "server",
    askedCount: 2,
  },
  {
    name: "F2: 503 with a page in HTML is tried again",
    answers: () => [
      { status: 503, headers: { "content-type": "text/html" }, pieces: ["<h1>Unavailable</h1>"] },
    ],
    askedCount: 2,
    text: well,
  },
  {
    name: "F2: 529 every time ends the turn as overloaded",
    answers: () => [refused(529, { message: "Busy." }), refused(529, { message: "Busy." })],
    ending: "overloaded",
    askedCount: 2,
  },
  {
    name: "F4: a connection that is reset before the head is tried again",
    answers: () => [{ status: null, ending: "reset" }],
    askedCount: 2,
    text: well,
  },
  {
    name: "F3: a connection that is reset in the middle of the answer ends the turn, and keeps what was said",
    answers: (shown) => [{ pieces: [...half, () => shown], ending: "reset" }],
    ending: "truncated",
    askedCount: 1,
    text: "Half an answer",
  },
  {
    name: "F5: half an event, then the end",
    answers: () => [{ pieces: [...half, chatText("lost").slice(0, 40)] }],
    ending: "truncated",
    askedCount: 1,
    text: "Half an answer",
  },
  {
    name: "F5: half an event, then a closed connection",
    answers: () => [{ pieces: [...half, chatText("lost").slice(0, 40)], ending: "cut" }],
    ending: "truncated",
    askedCount: 1,
    text: "Half an answer",
  },
  {
    name: "F5: an empty answer is tried again",
    answers: () => [{}],
    askedCount: 2,
    text: well,
  },
  {
    name: "F5: an answer without a finish reason",
    answers: () => [{ pieces: half }],
    ending: "truncated",
    askedCount: 1,
    text: "Half an answer",
  },
  {
    name: "F5: half a tool call, then a closed connection",
    answers: () => [
      {
        pieces: [...half, chatCalls({ id: "call_1", name: "list_files", argumentsText: '{"path"' })],
        ending: "cut",
      },
    ],
    ending: "truncated",
    askedCount: 1,
    text: "Half an answer",
  },
  {
    name: "F3: an error inside of the stream after some text",
    answers: () => [
      { pieces: [...half, `data: ${JSON.stringify({ error: { message: "Broke.", code: 500 } })}\n\n`] },
    ],
    ending: "server",
    askedCount: 1,
    text: "Half an answer",
  },
  {
    name: "F8: bytes that are no text at all",
    answers: () => [{ pieces: [Uint8Array.from({ length: 4_096 }, (_, at) => (at * 151 + 7) % 256)] }],
    ending: "malformed",
    askedCount: 1,
  },
  {
    name: "F8: events that hold no JSON, after some text",
    answers: () => [{ pieces: [...half, "data: {garbage]\n\n", chatEnd()] }],
    ending: "malformed",
    askedCount: 1,
    text: "Half an answer",
  },
  {
    name: "F8: a page in HTML with the status 200",
    answers: () => [
      { headers: { "content-type": "text/html" }, pieces: ["<html><body>Sign in</body></html>"] },
    ],
    ending: "malformed",
    askedCount: 1,
  },
  {
    name: "F9: a tool call with broken JSON arguments is answered, and the model goes on",
    answers: () => [
      { pieces: chatCallAnswer({ id: "call_1", name: "list_files", argumentsText: '{"path": "a' }) },
    ],
    askedCount: 2,
    text: well,
  },
  {
    name: "F9: an unknown tool is answered, and the model goes on",
    answers: () => [{ pieces: chatCallAnswer({ id: "call_1", name: "no_such_tool", argumentsText: "{}" }) }],
    askedCount: 2,
    text: well,
  },
  {
    name: "F9: two calls under one id are two calls",
    answers: () => [
      {
        pieces: chatCallAnswer(
          { id: "call_1", name: "no_such_tool", argumentsText: '{"a":1}' },
          { id: "call_1", name: "no_such_tool", argumentsText: '{"a":2}' },
        ),
      },
    ],
    askedCount: 2,
    text: well,
  },
  {
    name: "F9: two steps that use one id for their calls",
    answers: () => [
      { pieces: chatCallAnswer({ id: "call_1", name: "no_such_tool", argumentsText: '{"a":1}' }) },
      { pieces: chatCallAnswer({ id: "call_1", name: "no_such_tool", argumentsText: '{"a":2}' }) },
    ],
    askedCount: 3,
    text: well,
  },
  {
    name: "F8: an error with the status 200",
    answers: () => [
      {
        headers: { "content-type": "application/json" },
        pieces: ['{"error":{"message":"Broke.","code":500}}'],
      },
    ],
    askedCount: 2,
    text: well,
  },
  {
    name: "F8: a head that is larger than any head may be",
    answers: () => [{ headers: { "x-large": "x".repeat(200_000) }, pieces: chatAnswer(well) }],
    askedCount: 2,
    text: well,
  },
  {
    name: "F8: a body in one line that never ends",
    answers: () => [
      { pieces: [...half, "data: ", ...Array.from({ length: 20 }, () => "x".repeat(1_048_576))] },
    ],
    ending: "malformed",
    askedCount: 1,
    text: "Half an answer",
  },
  {
    name: "a whole answer on a connection that is never closed is an answer",
    answers: () => [{ pieces: chatAnswer(well), ending: "hang" }],
    askedCount: 1,
    text: well,
  },
  {
    name: "a prompt that is too long is not tried again",
    answers: () => [
      refused(400, { message: "Too long.", type: "invalid_request_error", code: "context_length_exceeded" }),
    ],
    ending: "context-length",
    askedCount: 1,
  },
  {
    name: "a model that does not exist is not tried again",
    answers: () => [refused(404, { message: "No such model.", code: "model_not_found" })],
    ending: "model-not-found",
    askedCount: 1,
  },
  {
    name: "an answer that was cut by the model's own limit ends the turn as length, and its calls are not run",
    answers: () => [
      {
        pieces: [
          ...half,
          chatCalls({ id: "call_1", name: "list_files", argumentsText: '{"path"' }),
          chatEnd("length"),
        ],
      },
    ],
    ending: "length",
    askedCount: 1,
    text: "Half an answer",
  },
];

const messagesHalf = [
  messagesStart(),
  messagesEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  messagesEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Half" } }),
];
const messagesError = (type: string): object => ({ type, message: "It is so." });

const messagesFaults: readonly Fault[] = [
  {
    name: "F11: 401 is not tried again",
    answers: () => [refused(401, messagesError("authentication_error"))],
    ending: "auth",
    askedCount: 1,
  },
  {
    name: "F1: 429 with a Retry-After is tried again",
    answers: () => [refused(429, messagesError("rate_limit_error"), { "retry-after": "1" })],
    askedCount: 2,
    text: well,
  },
  {
    name: "F2: 529 is tried again",
    answers: () => [refused(529, messagesError("overloaded_error"))],
    askedCount: 2,
    text: well,
  },
  {
    name: "F3: an overload inside of the stream after some text",
    answers: () => [
      { pieces: [...messagesHalf, messagesEvent("error", { error: messagesError("overloaded_error") })] },
    ],
    ending: "overloaded",
    askedCount: 1,
    text: "Half",
  },
  {
    name: "F3: a connection that is reset in the middle of the answer",
    answers: (shown) => [{ pieces: [...messagesHalf, () => shown], ending: "reset" }],
    ending: "truncated",
    askedCount: 1,
    text: "Half",
  },
  {
    name: "F5: an end without message_stop",
    answers: () => [{ pieces: messagesHalf }],
    ending: "truncated",
    askedCount: 1,
    text: "Half",
  },
  {
    name: "F8: events that hold no JSON",
    answers: () => [{ pieces: [...messagesHalf, "event: content_block_delta\ndata: {garbage]\n\n"] }],
    ending: "malformed",
    askedCount: 1,
    text: "Half",
  },
  {
    name: "F9: a tool call with broken JSON arguments, and one of an unknown tool",
    answers: () => [
      {
        pieces: [
          messagesStart(),
          messagesText("I look."),
          messagesCall({ id: "toolu_1", name: "list_files", argumentsText: '{"path": "a' }, 1),
          messagesCall({ id: "toolu_2", name: "no_such_tool", argumentsText: "" }, 2),
          messagesEnd("tool_use"),
        ],
      },
      { pieces: messagesAnswer(well) },
    ],
    askedCount: 2,
    text: `I look.${well}`,
  },
];

describe("chat completions", () => {
  test.each(chatFaults)("$name", (fault) => expectSurvived(fault, "openai/test"));
});

describe("the Messages API", () => {
  test.each(messagesFaults)("$name", (fault) => expectSurvived(fault, "anthropic/test"));
});

test("F4: a server that refuses the connection is tried again, and another model can go on", async () => {
  const conversation = await stage.begin(daemon);
  const turn = conversation.send("A question.", { model: "nobody/test" });
  const { failure } = endingOf(await turn.ended);
  expect(failure).toMatchObject({ kind: "network", message: expect.stringContaining("refused") });
  expect(turn.types().filter((type) => type === "provider-retry")).toHaveLength(1);
  await stage.expectGoesOn(conversation);
});

test("of two messages at the same time one is answered with 409 turn-in-progress, and its text is not kept", async () => {
  const conversation = await stage.begin(daemon);
  const gate = Promise.withResolvers<unknown>();
  stage.server.next({ pieces: [() => gate.promise, ...chatAnswer("Here.")] });
  const both = [conversation.send("One."), conversation.send("Two.")] as const;
  const refusal = await Promise.race(both.map((turn) => turn.ended.catch((cause: unknown) => cause)));
  expect(refusal).toMatchObject({ status: 409, code: "turn-in-progress" });
  gate.resolve(undefined);
  const settled = await Promise.allSettled(both.map((turn) => turn.ended));
  expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const entries = await expectSound(conversation);
  expect(entries.filter(({ type }) => type === "user-message")).toHaveLength(1);
  await stage.expectGoesOn(conversation);
});

async function expectSurvived(fault: Fault, model: string): Promise<void> {
  const conversation = await stage.begin(daemon, { model });
  const shown = Promise.withResolvers<unknown>();
  stage.server.next(...fault.answers(shown.promise));
  const turn = conversation.send("A question.");
  turn.seen("text-delta").then(shown.resolve, shown.resolve);
  const { finishReason, failure } = endingOf(await turn.ended);
  const { ending = "stop", text = "" } = fault;
  expect(failure?.kind ?? finishReason).toBe(ending);
  expect(stage.server.requests).toHaveLength(fault.askedCount);
  for (const request of stage.server.requests) expectWellFormed(request);
  expect(textOf(turn)).toBe(text);
  await stage.expectGoesOn(conversation);
}

function textOf({ events }: WatchedTurn): string {
  return events.flatMap((event) => (event.type === "text-delta" ? event.text : [])).join("");
}
