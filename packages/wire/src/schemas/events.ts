// Every event of a conversation. Unknown fields are dropped, so that an older client can read a newer daemon.
import type {
  ConversationEvent,
  ConversationRestored,
  DurableEvent,
  Entry,
  StepFinishReason,
  StepPartial,
  TransientEvent,
  TurnFinishReason,
} from "@lathe/kernel";
import {
  boolean,
  exactOptional,
  type GenericSchema,
  literal,
  nullable,
  object,
  picklist,
  string,
  variant,
} from "valibot";
import { agreesWith } from "./agreement.ts";
import { AssistantMessageSchema, TextPartSchema, ToolMessageSchema } from "./message.ts";
import { SnapshotSchema } from "./snapshots.ts";
import {
  ProviderFailureKindSchema,
  StepMetricsSchema,
  ToolCallMetricsSchema,
  ToolOutcomeSchema,
  TurnFailureSchema,
  UsageSchema,
} from "./usage.ts";
import {
  CountOrUnknownSchema,
  CountSchema,
  IdSchema,
  JsonValueSchema,
  listOf,
  MillisecondsSchema,
  SeqSchema,
} from "./values.ts";

const inTurn = { conversationId: IdSchema, turnId: IdSchema };
const inStep = { ...inTurn, stepId: IdSchema };
const inCall = { ...inStep, callId: string(), name: string() };

export const StepFinishReasonSchema: GenericSchema<StepFinishReason> = agreesWith<StepFinishReason>()(
  picklist(["stop", "tool-calls", "length", "content-filter", "error", "aborted"]),
);
export const TurnFinishReasonSchema: GenericSchema<TurnFinishReason> = agreesWith<TurnFinishReason>()(
  picklist([
    "stop",
    "length",
    "content-filter",
    "max-steps",
    "error",
    "aborted",
    "stuck",
    "over-budget",
    "interrupted",
  ]),
);

const transientEvents = [
  object({
    ...inStep,
    type: literal("step-start"),
    index: CountSchema,
    provider: string(),
    model: string(),
  }),
  object({ ...inStep, type: literal("text-delta"), text: string() }),
  object({ ...inStep, type: literal("reasoning-delta"), text: string() }),
  object({ ...inCall, type: literal("tool-call-delta"), argumentsText: string() }),
  object({ ...inCall, type: literal("tool-call"), input: JsonValueSchema }),
  object({
    ...inCall,
    type: literal("tool-trace-start"),
    input: JsonValueSchema,
    startedAtMs: MillisecondsSchema,
  }),
  object({
    ...inCall,
    type: literal("tool-trace-finish"),
    outcome: ToolOutcomeSchema,
    durationMs: MillisecondsSchema,
    output: string(),
  }),
  object({ ...inCall, type: literal("tool-result"), content: string(), isError: boolean() }),
  object({ ...inStep, type: literal("usage"), usage: UsageSchema, contextSize: CountOrUnknownSchema }),
  object({
    ...inStep,
    type: literal("provider-retry"),
    attempt: CountSchema,
    delayMs: MillisecondsSchema,
    reason: ProviderFailureKindSchema,
    message: string(),
    budgetLeftMs: MillisecondsSchema,
  }),
  object({
    ...inStep,
    type: literal("model-fallback"),
    fromModel: string(),
    toModel: string(),
    reason: ProviderFailureKindSchema,
  }),
] as const;

const userMessage = { ...inTurn, type: literal("user-message"), content: listOf(TextPartSchema) };
const turnStart = {
  ...inTurn,
  type: literal("turn-start"),
  runId: IdSchema,
  agent: string(),
  model: string(),
};
const stepComplete = {
  ...inStep,
  type: literal("step-complete"),
  index: CountSchema,
  provider: string(),
  model: string(),
  finishReason: StepFinishReasonSchema,
  message: exactOptional(AssistantMessageSchema),
  toolResults: listOf(ToolMessageSchema),
  toolCalls: listOf(ToolCallMetricsSchema),
  usage: nullable(UsageSchema),
  contextSize: CountOrUnknownSchema,
  metrics: StepMetricsSchema,
};
const steering = { ...inStep, type: literal("steering"), content: listOf(TextPartSchema) };
const turnDone = {
  ...inTurn,
  type: literal("done"),
  finishReason: TurnFinishReasonSchema,
  stepCount: CountSchema,
  durationMs: MillisecondsSchema,
  usage: UsageSchema,
  contextSize: CountOrUnknownSchema,
  failure: exactOptional(TurnFailureSchema),
};
const turnSealed = { ...inTurn, type: literal("turn-sealed") };
const restored = { ...inTurn, type: literal("restored"), toSeq: SeqSchema };

const committed = { seq: SeqSchema, atMs: MillisecondsSchema };
const restoredEntry = object({ ...restored, ...committed });
const entries = [
  object({ ...userMessage, ...committed }),
  object({ ...turnStart, ...committed }),
  object({ ...stepComplete, ...committed }),
  object({ ...steering, ...committed }),
  object({ ...turnDone, ...committed }),
  object({ ...turnSealed, ...committed }),
  restoredEntry,
] as const;

export const TransientEventSchema: GenericSchema<TransientEvent> = agreesWith<TransientEvent>()(
  variant("type", transientEvents),
);

export const DurableEventSchema: GenericSchema<DurableEvent> = agreesWith<DurableEvent>()(
  variant("type", [
    object(userMessage),
    object(turnStart),
    object(stepComplete),
    object(steering),
    object(turnDone),
    object(turnSealed),
    object(restored),
  ]),
);

export const RestoredEntrySchema: GenericSchema<Entry<ConversationRestored>> =
  agreesWith<Entry<ConversationRestored>>()(restoredEntry);

export const EntrySchema: GenericSchema<Entry> = agreesWith<Entry>()(variant("type", entries));

const stepPartial = object({
  ...inStep,
  type: literal("step-partial"),
  events: listOf(TransientEventSchema),
});
export const StepPartialSchema: GenericSchema<StepPartial> = agreesWith<StepPartial>()(stepPartial);

const snapshotShown = object({
  type: literal("snapshot"),
  conversationId: IdSchema,
  snapshot: SnapshotSchema,
});
const streamReset = object({ type: literal("reset"), conversationId: IdSchema, lastSeq: CountSchema });

export const ConversationEventSchema: GenericSchema<ConversationEvent> = agreesWith<ConversationEvent>()(
  variant("type", [...entries, ...transientEvents, stepPartial, snapshotShown, streamReset]),
);
