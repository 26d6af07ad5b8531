// What the model server answers: words, thoughts, calls of tools that are counted, refusals, and answers that break off.
import { setTimeout as sleep } from "node:timers/promises";
import {
  chatAnswer,
  chatCalls,
  chatChunk,
  chatEnd,
  chatText,
  type WrittenCall,
} from "../testing/chat-answers.ts";
import {
  messagesAnswer,
  messagesCall,
  messagesEnd,
  messagesStart,
  messagesText,
} from "../testing/messages-answers.ts";
import type { ModelAnswer, ModelRequest } from "../testing/misbehaving-model-server.ts";
import { expectWellFormed } from "../testing/well-formed-request.ts";
import type { CrashToolName } from "./crash-tools.ts";
import type { Dice } from "./dice.ts";

/** What a calm model says to everything. */
export const calmAnswer = "All is well.";

const callNames: readonly [CrashToolName, ...CrashToolName[]] = [
  "look",
  "look",
  "replace",
  "append",
  "append",
  "wait",
];

const wordCountMax = 20;

export class CrashModel {
  /** While it is true every question is answered at once, with words. */
  isCalm = true;
  /** What the user had said by each question, in order. */
  readonly asked: (readonly string[])[] = [];
  /** Why a question is one that its API refuses. */
  readonly refusals: string[] = [];
  readonly #dice: Dice;
  #markCount = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  answer(request: ModelRequest): ModelAnswer {
    const { texts, stepCount } = readQuestion(request);
    this.asked.push(texts);
    try {
      expectWellFormed(request);
    } catch (refusal) {
      this.refusals.push(`${String(refusal)}\n${JSON.stringify(request.body)}`);
    }
    const dialect = request.path.endsWith("/messages") ? messages : chat;
    if (this.isCalm) return { pieces: dialect.calm() };
    const dice = this.#dice;
    if (dice.percent(8)) return { status: 503, pieces: ['{"error":{"message":"Come back."}}'] };
    if (dice.percent(5)) return { pieces: [dialect.begin(), ...this.#words(dialect)], ending: "cut" };
    if (stepCount >= 4 || dice.percent(25))
      return { pieces: [dialect.begin(), ...this.#words(dialect), dialect.end("words")] };
    return {
      pieces: [dialect.begin(), ...this.#words(dialect), ...this.#calls(dialect), dialect.end("calls")],
    };
  }

  #words(dialect: Dialect): Piece[] {
    const dice = this.#dice;
    const thought = dialect.thought === undefined || dice.percent(50) ? [] : [dialect.thought("Let me see.")];
    const pieces: Piece[] = [...thought];
    const count = dice.between(1, wordCountMax);
    for (let index = 0; index < count; index += 1) {
      pieces.push(dialect.word(`word ${index} `, index));
      const pauseMs = dice.between(0, 12);
      if (pauseMs > 0) pieces.push(() => sleep(pauseMs));
    }
    return pieces;
  }

  #calls(dialect: Dialect): Piece[] {
    const dice = this.#dice;
    const count = dice.between(1, 4);
    const countsAnew = dice.percent(50);
    const calls = Array.from({ length: count }, (_, index): WrittenCall => {
      this.#markCount += 1;
      const mark = `mark-${this.#markCount}`;
      // Some servers number the calls of each answer anew.
      const id = countsAnew ? `call_${index}` : `call_${mark}`;
      const input = { mark, ms: dice.between(5, 120) };
      return { id, name: dice.pick(callNames), argumentsText: JSON.stringify(input) };
    });
    if (dice.percent(25))
      calls.push({
        id: "call_command",
        name: "run_command",
        argumentsText: JSON.stringify({ command: "echo begun; sleep 0.2; echo done" }),
      });
    return dialect.calls(calls, wordCountMax);
  }
}

type Piece = NonNullable<ModelAnswer["pieces"]>[number];

interface Dialect {
  begin(): string;
  /** @param index position of the part in the answer */
  word(text: string, index: number): string;
  thought?(text: string): string;
  calls(calls: readonly WrittenCall[], firstIndex: number): string[];
  end(what: "words" | "calls"): string;
  calm(): string[];
}

const chat: Dialect = {
  begin: () => chatText("I say: "),
  word: chatText,
  thought: (text) => chatChunk({ reasoning_content: text }),
  calls: (calls) => [chatCalls(...calls)],
  end: (what) => chatEnd(what === "calls" ? "tool_calls" : "stop"),
  calm: () => chatAnswer(calmAnswer),
};

const messages: Dialect = {
  begin: messagesStart,
  word: messagesText,
  calls: (calls, firstIndex) => calls.map((call, index) => messagesCall(call, firstIndex + index)),
  end: (what) => messagesEnd(what === "calls" ? "tool_use" : "end_turn"),
  calm: () => messagesAnswer(calmAnswer),
};

interface AskedMessage {
  readonly role: string;
  readonly content: string | null | readonly { readonly type: string; readonly text?: string }[];
}

/** What the user said so far, and how many answers there were since. */
function readQuestion({ body }: ModelRequest): {
  readonly texts: readonly string[];
  readonly stepCount: number;
} {
  const { messages: all } = body as { readonly messages: readonly AskedMessage[] };
  const texts: string[] = [];
  let stepCount = 0;
  for (const { role, content } of all) {
    if (role === "assistant") stepCount += 1;
    if (role !== "user") continue;
    const parts = typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
    for (const part of parts) {
      if (part.type !== "text") continue;
      texts.push(part.text ?? "");
      stepCount = 0;
    }
  }
  return { texts, stepCount };
}
