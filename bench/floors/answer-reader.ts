// Accumulates the text, the tool calls and the usage of one streamed answer.

import { createParser, type EventSourceParser } from "eventsource-parser";
import type { ChatChunk, ToolCall } from "./chat-messages.ts";

export class AnswerReader {
  text = "";
  readonly toolCalls: ToolCall[] = [];
  inputTokens = 0;
  outputTokens = 0;
  readonly #parser: EventSourceParser;
  readonly #onText: (text: string) => void;

  constructor(onText: (text: string) => void) {
    this.#onText = onText;
    this.#parser = createParser({ onEvent: (event) => this.#read(event.data) });
  }

  feed(text: string): void {
    this.#parser.feed(text);
  }

  #read(line: string): void {
    if (line === "[DONE]") return;
    const chunk: ChatChunk = JSON.parse(line);
    if (chunk.usage) {
      this.inputTokens = chunk.usage.prompt_tokens;
      this.outputTokens = chunk.usage.completion_tokens;
    }
    const delta = chunk.choices[0]?.delta;
    if (delta?.content) {
      this.text += delta.content;
      this.#onText(delta.content);
    }
    for (const { index, id = "", function: part } of delta?.tool_calls ?? []) {
      this.toolCalls[index] ??= { id, type: "function", function: { name: part.name ?? "", arguments: "" } };
      this.toolCalls[index].function.arguments += part.arguments ?? "";
    }
  }
}
