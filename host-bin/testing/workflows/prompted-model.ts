// A model that does what its prompt says, so that the answers of agents are known before they are asked.
//
// A prompt that begins with `say ` is answered with the rest of its first line, one that begins with `play ` with the
// steps that its first line lists as JSON, one for each question of the conversation. `which model` is answered with the
// model's name, `repeat this` with the whole prompt, and `release NAME` lets those go on who wait for the name; every other
// prompt is answered with its echo.
import type { JsonValue } from "@lathe/kernel";
import { chatCalls, chatEnd, chatText } from "../chat-answers.ts";
import { messagesAnswer } from "../messages-answers.ts";
import type { ModelAnswer, ModelRequest } from "../misbehaving-model-server.ts";

export interface PlayedStep {
  readonly text?: string;
  /** As `text`, in a fenced block. */
  readonly json?: JsonValue;
  readonly calls?: readonly { readonly name: string; readonly input: JsonValue }[];
  /** Of the prompt and of the answer; 5 and 3 where absent. */
  readonly tokens?: readonly [number, number];
  /** The request is refused with this status. */
  readonly status?: number;
  /** The answer waits until a test lets everybody go who waits for this name. */
  readonly hold?: string;
}

interface Message {
  readonly role: string;
  readonly content: unknown;
}

interface Gate {
  readonly opened: PromiseWithResolvers<void>;
  /** How many have come to it. */
  arrivedCount: number;
}

/** The prompt that makes an agent answer with these steps, one after the other. */
export function play(...steps: readonly PlayedStep[]): string {
  return `play ${JSON.stringify(steps)}`;
}

export class PromptedModel {
  readonly #gates = new Map<string, Gate>();
  #waiting: (() => void)[] = [];
  #openCount = 0;

  /** The largest number of questions that were open at the same time since the last `forget`. */
  openCountMax = 0;
  /** The first messages of the conversations that it was asked in, one for each question, in their order. */
  prompts: string[] = [];
  /** Asked before everything else; what it answers is the answer. */
  intercept: (prompt: string, request: ModelRequest) => ModelAnswer | undefined = () => undefined;

  forget(): void {
    this.#gates.clear();
    this.openCountMax = 0;
    this.prompts = [];
    this.intercept = () => undefined;
  }

  readonly answer = (request: ModelRequest): ModelAnswer => {
    const { messages, model } = request.body as {
      readonly messages: readonly Message[];
      readonly model: string;
    };
    const prompt = textOf(messages.find(({ role }) => role === "user")?.content);
    const [line = ""] = prompt.split("\n", 1);
    this.prompts.push(line);
    this.#changed();
    const intercepted = this.intercept(line, request);
    if (intercepted !== undefined) return intercepted;
    const stepIndex = messages.filter(({ role }) => role === "assistant").length;
    if (line.startsWith("release ")) this.release(line.slice("release ".length));
    const step = line === "repeat this" ? { text: prompt } : stepOf(line, stepIndex, model);
    return this.#counted(request, step);
  };

  /** Lets everybody go on who waits for this name, now or later. */
  release(name: string): void {
    this.#gate(name).opened.resolve();
  }

  /** Settles when so many have come to wait for this name. */
  async reached(name: string, count = 1): Promise<void> {
    while (this.#gate(name).arrivedCount < count) await this.#change();
  }

  /** Settles when it has been asked so many questions. */
  async asked(count: number): Promise<void> {
    while (this.prompts.length < count) await this.#change();
  }

  #counted(request: ModelRequest, step: PlayedStep): ModelAnswer {
    if (step.status !== undefined)
      return { status: step.status, pieces: ['{"error":{"message":"The prompt asks for this failure."}}'] };
    this.#openCount += 1;
    this.openCountMax = Math.max(this.openCountMax, this.#openCount);
    void request.over.then(() => {
      this.#openCount -= 1;
    });
    const { hold, calls, tokens = [5, 3] } = step;
    const wait = (): Promise<unknown> => (hold === undefined ? Promise.resolve() : this.#arrive(hold));
    if (request.path.endsWith("/messages")) return { pieces: [wait, ...messagesAnswer(spokenText(step))] };
    const end = chatEnd(calls === undefined ? "stop" : "tool_calls", tokens);
    if (calls === undefined) return { pieces: [wait, chatText(spokenText(step)), end] };
    const written = calls.map(({ name, input }, index) => ({
      ...{ id: `call_${index + 1}`, name },
      argumentsText: JSON.stringify(input),
    }));
    return { pieces: [wait, chatCalls(...written), end] };
  }

  #arrive(name: string): Promise<void> {
    const gate = this.#gate(name);
    gate.arrivedCount += 1;
    this.#changed();
    return gate.opened.promise;
  }

  #gate(name: string): Gate {
    const known = this.#gates.get(name);
    if (known !== undefined) return known;
    const gate: Gate = { opened: Promise.withResolvers(), arrivedCount: 0 };
    this.#gates.set(name, gate);
    return gate;
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

function stepOf(line: string, index: number, model: string): PlayedStep {
  if (line.startsWith("say ")) return { text: line.slice("say ".length) };
  if (line === "which model") return { text: model };
  if (!line.startsWith("play ")) return { text: `echo: ${line}` };
  const steps = JSON.parse(line.slice("play ".length)) as readonly PlayedStep[];
  return steps[index] ?? { text: "I have said everything." };
}

function spokenText({ text, json }: PlayedStep): string {
  return json === undefined ? (text ?? "") : `\`\`\`json\n${JSON.stringify(json)}\n\`\`\``;
}

/** The content of a message may be a text, or a list of parts. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { readonly text?: string }) => part.text ?? "").join("");
}
