// What a request says: the user's last words, and what was done since.
import type { Message, ProviderRequest, ToolMessage } from "@lathe/kernel";

export interface RequestReading {
  /** Text of the last user message; empty where there is none. */
  readonly words: string;
  /** Whole answers since then, which is the index of the step that is asked for. */
  readonly stepIndex: number;
  /** Tool results since then, in order. */
  readonly results: readonly CallResult[];
}

export interface CallResult {
  readonly callId: string;
  readonly toolName: string;
  readonly argumentsText: string;
  readonly content: string;
  readonly isError: boolean;
}

export function readRequest({ messages }: ProviderRequest): RequestReading {
  const start = messages.findLastIndex(({ role }) => role === "user");
  const since = messages.slice(start + 1);
  return { words: wordsOf(messages[start]), stepIndex: countAnswers(since), results: resultsOf(since) };
}

function wordsOf(message: Message | undefined): string {
  return message?.role === "user" ? message.content.map(({ text }) => text).join("\n") : "";
}

/** An answer that was cut is asked for again, so it does not count. */
function countAnswers(messages: readonly Message[]): number {
  return messages.filter((message) => message.role === "assistant" && message.interrupted !== true).length;
}

function resultsOf(messages: readonly Message[]): readonly CallResult[] {
  const argumentTexts = new Map<string, string>();
  const results: CallResult[] = [];
  for (const message of messages) {
    if (message.role === "assistant")
      for (const part of message.content)
        if (part.type === "tool-call") argumentTexts.set(part.callId, part.argumentsText);
    if (message.role === "tool") results.push(resultOf(message, argumentTexts.get(message.callId) ?? "{}"));
  }
  return results;
}

function resultOf({ callId, toolName, content, isError }: ToolMessage, argumentsText: string): CallResult {
  return { callId, toolName, argumentsText, content, isError };
}
