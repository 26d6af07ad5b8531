// The parts of a transcript, as they are stored and sent.
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  OpaquePart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolMessage,
  UserMessage,
} from "@lathe/kernel";
import { boolean, exactOptional, type GenericSchema, literal, object, string, variant } from "valibot";
import { agreesWith } from "./agreement.ts";
import { JsonValueSchema, listOf } from "./values.ts";

const textPart = object({ type: literal("text"), text: string() });
const reasoningPart = object({
  type: literal("reasoning"),
  text: string(),
  providerData: exactOptional(JsonValueSchema),
});
const toolCallPart = object({
  type: literal("tool-call"),
  callId: string(),
  name: string(),
  argumentsText: string(),
  providerData: exactOptional(JsonValueSchema),
});
const opaquePart = object({ type: literal("opaque"), providerData: JsonValueSchema });

export const TextPartSchema: GenericSchema<TextPart> = agreesWith<TextPart>()(textPart);
export const ReasoningPartSchema: GenericSchema<ReasoningPart> = agreesWith<ReasoningPart>()(reasoningPart);
export const ToolCallPartSchema: GenericSchema<ToolCallPart> = agreesWith<ToolCallPart>()(toolCallPart);
export const OpaquePartSchema: GenericSchema<OpaquePart> = agreesWith<OpaquePart>()(opaquePart);
export const AssistantPartSchema: GenericSchema<AssistantPart> = agreesWith<AssistantPart>()(
  variant("type", [textPart, reasoningPart, toolCallPart, opaquePart]),
);

const userMessage = object({ role: literal("user"), content: listOf(TextPartSchema) });
const assistantMessage = object({
  role: literal("assistant"),
  provider: string(),
  model: string(),
  content: listOf(AssistantPartSchema),
  interrupted: exactOptional(literal(true)),
});
const toolMessage = object({
  role: literal("tool"),
  callId: string(),
  toolName: string(),
  content: string(),
  isError: boolean(),
});

export const UserMessageSchema: GenericSchema<UserMessage> = agreesWith<UserMessage>()(userMessage);
export const AssistantMessageSchema: GenericSchema<AssistantMessage> =
  agreesWith<AssistantMessage>()(assistantMessage);
export const ToolMessageSchema: GenericSchema<ToolMessage> = agreesWith<ToolMessage>()(toolMessage);
export const MessageSchema: GenericSchema<Message> = agreesWith<Message>()(
  variant("role", [userMessage, assistantMessage, toolMessage]),
);
