// A model whose answers follow from the mark in the first message alone, however often and whenever it is asked; it counts
// how often that was.
import { setTimeout as sleep } from "node:timers/promises";
import { chatCallAnswer, chatEnd, chatText } from "../../testing/chat-answers.ts";
import type { ModelAnswer, ModelRequest } from "../../testing/misbehaving-model-server.ts";
import { expectWellFormed } from "../../testing/well-formed-request.ts";
import type { Dice } from "../dice.ts";
import { answerTo, hasSchema, markIn, usesTool } from "./fan-out.ts";

export interface Question {
  readonly mark: string;
  /** How often a daemon had been killed before. */
  readonly life: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

export class FanOutModel {
  readonly questions: Question[] = [];
  /** Why a question is one that its API refuses. */
  readonly refusals: string[] = [];
  /** How often a daemon has been killed so far. */
  life = 0;
  /** Milliseconds that an answer takes at most. */
  pauseMsMax = 60;
  readonly #dice: Dice;
  readonly #held = new Map<string, PromiseWithResolvers<void>>();

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Who asks for this mark gets no answer until it is let go. */
  hold(mark: string): void {
    this.#held.set(mark, Promise.withResolvers());
  }

  letGo(): void {
    for (const { resolve } of this.#held.values()) resolve();
    this.#held.clear();
  }

  /** How often it was asked for the mark. */
  askedFor(mark: string): number {
    return this.questions.filter((question) => question.mark === mark).length;
  }

  #refuse(mark: string): ModelAnswer {
    this.questions.push({ mark, life: this.life, atMs: Date.now() });
    return { status: 503, pieces: ['{"error":{"message":"Come back."}}'] };
  }

  answer(request: ModelRequest): ModelAnswer {
    const { prompt, hasResult } = readQuestion(request);
    const mark = markIn(prompt);
    if (mark === undefined) return { status: 400, pieces: ['{"error":{"message":"No mark."}}'] };
    if (mark.startsWith("busy-")) return this.#refuse(mark);
    this.questions.push({ mark, life: this.life, atMs: Date.now() });
    try {
      expectWellFormed(request);
    } catch (refusal) {
      this.refusals.push(`${String(refusal)}\n${JSON.stringify(request.body)}`);
    }
    const pause = async (): Promise<void> => {
      await sleep(this.#dice.below(this.pauseMsMax + 1));
      await this.#held.get(mark)?.promise;
    };
    if (usesTool(mark) && !hasResult) return { pieces: [pause, ...callOf(mark), pause] };
    const answer = answerTo(mark);
    const text = hasSchema(mark) ? JSON.stringify(answer) : String(answer);
    return { pieces: [pause, chatText(text), pause, chatEnd()] };
  }
}

function callOf(mark: string): readonly string[] {
  return chatCallAnswer({
    id: `call_${mark}`,
    name: "append",
    argumentsText: JSON.stringify({ mark, ms: 20 }),
  });
}

interface AskedMessage {
  readonly role: string;
  readonly content: string | null | readonly { readonly type: string; readonly text?: string }[];
}

function readQuestion({ body }: ModelRequest): { readonly prompt: string; readonly hasResult: boolean } {
  const { messages } = body as { readonly messages: readonly AskedMessage[] };
  const content = messages.find(({ role }) => role === "user")?.content ?? "";
  const prompt = typeof content === "string" ? content : (content[0]?.text ?? "");
  return { prompt, hasResult: messages.some(({ role }) => role === "tool") };
}
