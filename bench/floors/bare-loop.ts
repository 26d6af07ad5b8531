// The least that an agent does: send the conversation, stream the answer, run the tools, repeat.
//
// It records nothing, retries nothing, cancels nothing and trusts the server. Only the transport
// differs between the floors.

import type { BenchTool, Session, SubjectOptions, TurnRequest, TurnResult } from "../subject.ts";
import { AnswerReader } from "./answer-reader.ts";
import { type ChatMessage, renderRequest, type ToolCall } from "./chat-messages.ts";

/** Posts one request and feeds the text of the answer as it comes. Settles at its end; rejects unless the status is 200. */
export type PostChat = (url: string, body: string, feed: (text: string) => void) => Promise<void>;

export function openBareLoop(baseUrl: string, { tools }: SubjectOptions, postChat: PostChat): Session {
  const url = `${baseUrl}/chat/completions`;
  const toolByName = new Map(tools.map((tool) => [tool.name, tool]));

  async function turn({ history, text, model, onText }: TurnRequest): Promise<TurnResult> {
    const messages: ChatMessage[] = [...history, { role: "user", content: text }];
    const usage = { inputTokens: 0, outputTokens: 0 };
    for (let steps = 1; ; steps += 1) {
      const answer = new AnswerReader(onText);
      await postChat(url, renderRequest(model, messages, tools), (part) => answer.feed(part));
      usage.inputTokens += answer.inputTokens;
      usage.outputTokens += answer.outputTokens;
      if (answer.toolCalls.length === 0) return { text: answer.text, usage, steps };
      messages.push({ role: "assistant", content: answer.text, tool_calls: answer.toolCalls });
      messages.push(...(await Promise.all(answer.toolCalls.map((call) => runTool(call, toolByName)))));
    }
  }

  const nothing = (): Promise<void> => Promise.resolve();
  return { turn, settle: nothing, close: nothing };
}

async function runTool(call: ToolCall, toolByName: ReadonlyMap<string, BenchTool>): Promise<ChatMessage> {
  const tool = toolByName.get(call.function.name);
  if (tool === undefined) throw new Error(`The model called an unknown tool: ${call.function.name}`);
  return {
    role: "tool",
    tool_call_id: call.id,
    content: await tool.execute(JSON.parse(call.function.arguments)),
  };
}
