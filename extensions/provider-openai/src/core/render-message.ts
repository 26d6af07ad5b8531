// Renders messages as the JSON text that a chat completions server reads.
//
// Each message is rendered alone, so that what was sent stays a prefix of what is sent next.

import { listOf, objectOf } from "@lathe/extension-kit";
import type {
  AssistantMessage,
  JsonObject,
  JsonValue,
  Message,
  ReasoningPart,
  ToolCallPart,
  ToolDeclaration,
} from "@lathe/kernel";
import { callIdIn } from "./call-id.ts";
import type { Dialect } from "./dialect.ts";

/** `providerId` is who reads it: only what it wrote itself goes back with its reasoning. */
export function renderMessage(message: Message, providerId: string, dialect: Dialect): string {
  switch (message.role) {
    case "user":
      return JSON.stringify({ role: "user", content: message.content.map((part) => part.text).join("\n\n") });
    case "assistant":
      return JSON.stringify(assistantMessage(message, providerId, dialect));
    case "tool":
      return JSON.stringify({
        role: "tool",
        tool_call_id: callIdIn(dialect, message.callId),
        ...(dialect.toolResultName ? { name: message.toolName } : {}),
        content: message.content,
      });
  }
}

export function renderSystem(system: string, dialect: Dialect): string {
  return JSON.stringify({ role: dialect.systemRole, content: system });
}

export function renderTools(tools: readonly ToolDeclaration[]): string {
  const rendered = tools.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters },
  }));
  return JSON.stringify(rendered);
}

function assistantMessage(message: AssistantMessage, providerId: string, dialect: Dialect): JsonObject {
  const calls = message.content.filter((part) => part.type === "tool-call");
  const text = message.content.reduce((all, part) => (part.type === "text" ? all + part.text : all), "");
  const silent = text === "" && calls.length > 0 && !dialect.assistantContentNeverNull;
  const own = message.provider === providerId;
  return {
    role: "assistant",
    content: silent ? null : text,
    ...reasoningMembers(own ? message.content.filter((part) => part.type === "reasoning") : [], dialect),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => renderCall(call, dialect)) }),
  };
}

function reasoningMembers(parts: readonly ReasoningPart[], dialect: Dialect): JsonObject {
  const members: Record<string, JsonValue> = {};
  const text = parts.map((part) => part.text).join("");
  if (dialect.reasoningField !== null && (text !== "" || dialect.reasoningFieldAlways)) {
    members[dialect.reasoningField] = text;
  }
  const details = parts.flatMap((part) => listOf(objectOf(part.providerData)?.reasoning_details));
  if (dialect.reasoningDetails && details.length > 0) members.reasoning_details = details;
  return members;
}

function renderCall({ callId, name, argumentsText }: ToolCallPart, dialect: Dialect): JsonObject {
  return { id: callIdIn(dialect, callId), type: "function", function: { name, arguments: argumentsText } };
}
