// Reads the chunks of a chat completion, whichever server wrote them.
import {
  type AnswerReader,
  type EventBatch,
  failureInStream,
  type JsonObject,
  listOf,
  objectOf,
  type ProviderFinishReason,
  type ServerName,
  textOf,
  truncated,
  type Unchecked,
} from "@lathe/extension-kit";
import { CallAssembly } from "./call-assembly.ts";
import { readUsage } from "./chat-usage.ts";
import { ReasoningDetails, textOfDetails } from "./reasoning-details.ts";

export class ChatReader implements AnswerReader {
  readonly #server: ServerName;
  readonly #calls: CallAssembly;
  readonly #details = new ReasoningDetails();
  #rawReason: string | null = null;

  constructor(server: ServerName, newCallId: () => string) {
    this.#server = server;
    this.#calls = new CallAssembly(newCallId);
  }

  readEvent(_name: string | undefined, chunk: JsonObject, batch: EventBatch): void {
    const choice = objectOf(listOf(chunk.choices)[0]);
    const usage = readUsage(chunk, choice);
    if (usage !== undefined) batch.setUsage(usage);
    const error = errorOf(chunk.error) ?? errorOf(choice?.error);
    if (error !== undefined) batch.fail(failureInStream(this.#server, error));
    else if (choice !== undefined) this.#readChoice(choice, batch);
  }

  #readChoice(choice: JsonObject, batch: EventBatch): void {
    const delta = objectOf(choice.delta) ?? objectOf(choice.message);
    if (delta !== undefined) this.#readDelta(delta, batch);
    const reason = textOf(choice.finish_reason);
    if (reason !== undefined) this.#rawReason = reason;
  }

  readDone(batch: EventBatch): void {
    // Snowflake never gives a reason, but says that it is done; with nothing said before, it is not an answer.
    if (this.#rawReason !== null || batch.contentLength > 0 || this.#calls.count > 0) this.#conclude(batch);
    else batch.fail(truncated(this.#server));
  }

  readWhole(answer: JsonObject, batch: EventBatch): void {
    this.readEvent(undefined, answer, batch);
    if (objectOf(listOf(answer.choices)[0]) !== undefined) this.#conclude(batch);
  }

  readEnd(batch: EventBatch): void {
    if (this.#rawReason !== null) this.#conclude(batch);
  }

  #readDelta(delta: JsonObject, batch: EventBatch): void {
    const reasoning =
      textOf(delta.reasoning_content) ?? textOf(delta.reasoning) ?? textOfDetails(delta.reasoning_details);
    if (reasoning !== undefined) batch.addReasoning(reasoning);
    if (delta.reasoning_details !== undefined) this.#details.take(delta.reasoning_details);
    const { content } = delta;
    if (typeof content === "string") batch.addText(content);
    else if (Array.isArray(content)) for (const part of content) readPart(objectOf(part), batch);
    if (delta.refusal !== undefined) batch.addText(textOf(delta.refusal) ?? "");
    if (delta.tool_calls !== undefined) {
      for (const entry of listOf(delta.tool_calls)) this.#readCall(objectOf(entry), batch);
    }
    // What came before `tool_calls`; old servers still send it.
    if (delta.function_call !== undefined) this.#readCall(objectOf(delta.function_call), batch);
  }

  #readCall(entry: JsonObject | undefined, batch: EventBatch): void {
    if (entry !== undefined) this.#calls.take(entry, batch);
  }

  #conclude(batch: EventBatch): void {
    const reason = this.#normalReason();
    if (reason === "failed") {
      const message = `the answer ended with the reason ${this.#rawReason}.`;
      batch.fail(failureInStream(this.#server, { type: "overloaded_error", message }));
      return;
    }
    const details = this.#details.providerData;
    if (details !== undefined) batch.endReasoning(details);
    // Where the answer was cut, nobody knows whether the last call is whole.
    if (reason === "stop" || reason === "tool-calls") this.#calls.end(batch);
    batch.finish(reason, this.#rawReason);
  }

  #normalReason(): ProviderFinishReason | "failed" {
    const reason = reasons.get(this.#rawReason ?? "") ?? "stop";
    return reason === "stop" && this.#calls.count > 0 ? "tool-calls" : reason;
  }
}

const reasons: ReadonlyMap<string, ProviderFinishReason | "failed"> = new Map([
  ["stop", "stop"],
  ["tool_calls", "tool-calls"],
  ["function_call", "tool-calls"],
  ["length", "length"],
  ["max_tokens", "length"],
  // Mistral: the context is full.
  ["model_length", "length"],
  ["content_filter", "content-filter"],
  ["error", "failed"],
  // DeepSeek: the server ran out of what it needs in the middle of the answer.
  ["insufficient_system_resource", "failed"],
]);

function errorOf(value: Unchecked): JsonObject | string | undefined {
  return objectOf(value) ?? textOf(value);
}

/** A part of content that is a list: text, or Mistral's thinking with parts of its own. */
function readPart(part: JsonObject | undefined, batch: EventBatch): void {
  if (part?.type === "text") batch.addText(textOf(part.text) ?? "");
  if (part?.type !== "thinking") return;
  batch.addReasoning(textOf(part.thinking) ?? "");
  for (const inner of listOf(part.thinking)) batch.addReasoning(textOf(objectOf(inner)?.text) ?? "");
}
