// What a model server insists on, and refuses the whole conversation without: each tool call of the transcript is
// followed by its one result, and whoever speaks last is the user or a tool.
import { expect } from "vitest";
import type { ModelRequest } from "./misbehaving-model-server.ts";

interface ChatMessage {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly arguments: string } }[];
  readonly tool_call_id?: string;
}

interface Block {
  readonly type: string;
  readonly id?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
}

/** Throws where the request is one that its API would refuse. */
export function expectWellFormed({ path, body }: Pick<ModelRequest, "path" | "body">): void {
  const { messages } = body as { readonly messages: readonly unknown[] };
  if (path.endsWith("/messages")) {
    expectBlocksAnswered(messages as readonly { role: string; content: readonly Block[] }[]);
  } else expectCallsAnswered(messages as readonly ChatMessage[]);
}

function expectCallsAnswered(messages: readonly ChatMessage[]): void {
  const awaited: string[] = [];
  for (const message of messages) {
    if (message.role === "tool") expect(message.tool_call_id).toBe(awaited.shift());
    else expect(awaited, "calls without a result").toEqual([]);
    awaited.push(...(message.tool_calls ?? []).map(({ id }) => id));
    expect(new Set(awaited).size, "ids of one message differ").toBe(awaited.length);
    for (const call of message.tool_calls ?? []) {
      expect(JSON.parse(call.function.arguments)).toBeTypeOf("object");
    }
    if (message.role === "assistant" && message.tool_calls === undefined)
      expect(message.content).not.toBe("");
    if (message.role !== "tool" && message.role !== "assistant") expect(message.content).not.toBe("");
  }
  expect(awaited, "calls without a result").toEqual([]);
  expect(["user", "tool"]).toContain(messages.at(-1)?.role);
}

function expectBlocksAnswered(messages: readonly { role: string; content: readonly Block[] }[]): void {
  let awaited: string[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    expect(role, "roles take turns").toBe(index % 2 === 0 ? "user" : "assistant");
    expect(content.length, "no message is empty").toBeGreaterThan(0);
    const results = content.flatMap(({ tool_use_id }) => tool_use_id ?? []);
    expect(results, "each call has its result, before anything else").toEqual(awaited);
    expect(content.slice(0, results.length).every(({ type }) => type === "tool_result")).toBe(true);
    awaited = content.flatMap(({ type, id }) => (type === "tool_use" && id !== undefined ? [id] : []));
    for (const { type, input } of content) if (type === "tool_use") expect(input).toBeTypeOf("object");
  }
  expect(awaited, "calls without a result").toEqual([]);
  expect(messages.at(-1)?.role).toBe("user");
}
