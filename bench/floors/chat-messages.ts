// The part of the chat completions API that the floors use.

import type { BenchTool } from "../subject.ts";

export type ChatMessage =
  | { readonly role: "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string; readonly tool_calls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string };

export interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; arguments: string };
}

export interface ChatChunk {
  readonly choices: readonly { readonly delta: ChatDelta }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
}

interface ChatDelta {
  readonly content?: string | null;
  readonly tool_calls?: readonly ToolCallDelta[];
}

interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly function: { readonly name?: string; readonly arguments?: string };
}

/** The body of a request, as every step sends it. */
export function renderRequest(
  model: string,
  messages: readonly ChatMessage[],
  tools: readonly BenchTool[],
): string {
  return JSON.stringify({
    model,
    messages,
    tools: tools.map(({ name, description, parameters }) => ({
      type: "function",
      function: { name, description, parameters },
    })),
    stream: true,
    stream_options: { include_usage: true },
  });
}
