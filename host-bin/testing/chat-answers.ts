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

/** `tokens`: what the answer says that it took, those of the prompt and its own. */
export function chatEnd(finishReason = "stop", tokens: readonly [number, number] = [5, 3]): string {
  const [prompt, completion] = tokens;
  const usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
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
