// The parts of a streamed answer of the Messages API, as Anthropic writes them.
import type { WrittenCall } from "./chat-answers.ts";

export function messagesEvent(type: string, members: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}

export function messagesStart(): string {
  const usage = { input_tokens: 5, output_tokens: 1 };
  const message = { id: "msg_1", type: "message", role: "assistant", model: "test", content: [], usage };
  return messagesEvent("message_start", { message });
}

export function messagesText(text: string, index = 0): string {
  const block = { type: "text", text: "" };
  return (
    messagesEvent("content_block_start", { index, content_block: block }) +
    messagesEvent("content_block_delta", { index, delta: { type: "text_delta", text } }) +
    messagesEvent("content_block_stop", { index })
  );
}

export function messagesCall({ id, name, argumentsText }: WrittenCall, index = 0): string {
  const block = { type: "tool_use", id, name, input: {} };
  const delta = { type: "input_json_delta", partial_json: argumentsText };
  return (
    messagesEvent("content_block_start", { index, content_block: block }) +
    messagesEvent("content_block_delta", { index, delta }) +
    messagesEvent("content_block_stop", { index })
  );
}

export function messagesEnd(stopReason = "end_turn"): string {
  const delta = { stop_reason: stopReason, stop_sequence: null };
  return (
    messagesEvent("message_delta", { delta, usage: { output_tokens: 3 } }) + messagesEvent("message_stop")
  );
}

/** All pieces of an answer that is text alone. */
export function messagesAnswer(text: string): string[] {
  return [messagesStart(), messagesText(text), messagesEnd()];
}
