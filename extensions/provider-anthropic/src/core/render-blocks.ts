// Renders messages as content blocks, each as JSON text.
import { createHash } from "node:crypto";
import type { AssistantMessage, AssistantPart, JsonValue, Message } from "@lathe/extension-kit";
import { objectOf, textOf } from "@lathe/extension-kit";

/** `providerId` is who reads it: reasoning and opaque parts go back only to who wrote them. */
export function renderBlocks(message: Message, providerId: string): readonly string[] {
  switch (message.role) {
    case "user":
      return message.content.flatMap((part) => textBlock(part.text));
    case "assistant":
      return assistantBlocks(message, providerId);
    case "tool": {
      const { callId, content, isError } = message;
      const said = content === "" ? {} : { content };
      const failed = isError ? { is_error: true } : {};
      return [JSON.stringify({ type: "tool_result", tool_use_id: toolUseId(callId), ...said, ...failed })];
    }
  }
}

/** The same block, marked as the end of what the server should keep in its prompt cache. */
export function asCacheBreakpoint(block: string): string {
  return `${block.slice(0, -1)},"cache_control":{"type":"ephemeral"}}`;
}

function assistantBlocks(message: AssistantMessage, providerId: string): readonly string[] {
  const own = message.provider === providerId && message.interrupted !== true;
  const blocks = message.content.flatMap((part) => partBlock(part, own));
  // The API refuses a message that ends with its thinking; without words or calls there is nothing to go on from.
  const says = message.content.some(
    (part) => part.type === "tool-call" || (part.type === "text" && hasText(part.text)),
  );
  return says || blocks.some((block) => !isThinking(block)) ? blocks : [];
}

function partBlock(part: AssistantPart, own: boolean): readonly string[] {
  switch (part.type) {
    case "text":
      return textBlock(part.text);
    case "reasoning": {
      const signature = own ? signatureOf(part.providerData) : undefined;
      return signature === undefined
        ? []
        : [JSON.stringify({ type: "thinking", thinking: part.text, signature })];
    }
    case "tool-call": {
      const head = JSON.stringify({ type: "tool_use", id: toolUseId(part.callId), name: part.name });
      // The text of an object already, and sent as the model wrote it: the cache compares what was said.
      return [`${head.slice(0, -1)},"input":${part.argumentsText}}`];
    }
    case "opaque":
      return own ? [JSON.stringify(part.providerData)] : [];
  }
}

function signatureOf(providerData: JsonValue | undefined): string | undefined {
  return textOf(objectOf(providerData)?.signature);
}

function isThinking(block: string): boolean {
  return block.startsWith('{"type":"thinking"') || block.startsWith('{"type":"redacted_thinking"');
}

/** The API refuses a text block in which nothing is written. */
function textBlock(text: string): readonly string[] {
  return hasText(text) ? [JSON.stringify({ type: "text", text })] : [];
}

function hasText(text: string): boolean {
  return /\S/.test(text);
}

const accepted = /^[a-zA-Z0-9_-]{1,64}$/;

/** Ids of other providers may hold characters that this API refuses. */
function toolUseId(callId: string): string {
  return accepted.test(callId)
    ? callId
    : `toolu_${createHash("sha256").update(callId).digest("hex").slice(0, 32)}`;
}
