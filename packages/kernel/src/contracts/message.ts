import type { JsonValue } from "./json.ts";

/** One message of a transcript, in the provider-neutral form that is stored. */
export type Message = UserMessage | AssistantMessage | ToolMessage;

export interface UserMessage {
  readonly role: "user";
  readonly content: readonly TextPart[];
}

/**
 * What a model answered in one step. Parts keep the order in which the model began them.
 *
 * `provider` and `model` say who wrote it; an adapter replays `providerData` only where `provider` is its own id.
 * `interrupted` marks an answer that was cut by an abort or a failure: it holds no tool calls.
 */
export interface AssistantMessage {
  readonly role: "assistant";
  readonly provider: string;
  readonly model: string;
  readonly content: readonly AssistantPart[];
  readonly interrupted?: true;
}

export type AssistantPart = TextPart | ReasoningPart | ToolCallPart | OpaquePart;

export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

/** Visible reasoning. `providerData` is what the provider wants back unchanged (a signature, encrypted content). */
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
  readonly providerData?: JsonValue;
}

/**
 * A call that the model asks for. `argumentsText` is always the text of a JSON object, byte for byte as the model
 * wrote it (prompt caches match bytes); where the model wrote something else it is `{}`, and the tool result says so.
 */
export interface ToolCallPart {
  readonly type: "tool-call";
  readonly callId: string;
  readonly name: string;
  readonly argumentsText: string;
  readonly providerData?: JsonValue;
}

/** A content block that only its provider understands; kept to be sent back unchanged. */
export interface OpaquePart {
  readonly type: "opaque";
  readonly providerData: JsonValue;
}

/** The answer to one tool call. Each call of a transcript has exactly one, in the order of the calls. */
export interface ToolMessage {
  readonly role: "tool";
  readonly callId: string;
  readonly toolName: string;
  readonly content: string;
  readonly isError: boolean;
}
