// The parts of a streamed chat completion, as OpenAI writes them.

export function chatChunk(delta: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  const chunk = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "test", choices };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

export function chatText(content: string): string {
  return chatChunk({ role: "assistant", content });
}

export interface WrittenCall {
  readonly id: string;
  readonly name: string;
  /** As the model writes it: JSON, or not. */
  readonly argumentsText: string;
}

export function chatCalls(...calls: readonly WrittenCall[]): string {
  const deltas = calls.map(({ id, name, argumentsText }, index) => {
    return { index, id, type: "function", function: { name, arguments: argumentsText } };
  });
  return chatChunk({ role: "assistant", content: null, tool_calls: deltas });
}

export function chatEnd(finishReason = "stop"): string {
  const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };
  const counted = { id: "chatcmpl-1", object: "chat.completion.chunk", choices: [], usage };
  return `${chatChunk({}, finishReason)}data: ${JSON.stringify(counted)}\n\ndata: [DONE]\n\n`;
}

/** All pieces of an answer that is text alone. */
export function chatAnswer(...texts: readonly string[]): string[] {
  return [...texts.map(chatText), chatEnd()];
}

/** All pieces of an answer that calls tools. */
export function chatCallAnswer(...calls: readonly WrittenCall[]): string[] {
  return [chatCalls(...calls), chatEnd("tool_calls")];
}
