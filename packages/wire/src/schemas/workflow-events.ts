// What happens in a run of a workflow. Unknown fields are dropped, as in the events of a conversation.
import type {
  CacheHit,
  CacheMissReason,
  RunEntry,
  RunEvent,
  WorkflowEntry,
  WorkflowFailure,
  WorkflowPhaseDeclaration,
} from "@lathe/kernel";
import {
  boolean,
  exactOptional,
  type GenericSchema,
  literal,
  minValue,
  nullable,
  number,
  object,
  picklist,
  pipe,
  string,
  union,
  variant,
} from "valibot";
import { agreesWith } from "./agreement.ts";
import { BudgetLimitsSchema } from "./budgets.ts";
import { ConversationEventSchema, EntrySchema } from "./events.ts";
import { UsageSchema } from "./usage.ts";
import { CountSchema, IdSchema, JsonValueSchema, listOf, MillisecondsSchema, SeqSchema } from "./values.ts";

const inWorkflow = { runId: IdSchema, seq: SeqSchema, atMs: MillisecondsSchema };
const inCall = { ...inWorkflow, callIndex: CountSchema };
const labelled = { ...inCall, label: string(), phase: nullable(string()) };
const child = { childRunId: nullable(IdSchema), conversationId: nullable(IdSchema) };
const amount = pipe(number(), minValue(0));

const PhaseDeclarationSchema: GenericSchema<WorkflowPhaseDeclaration> =
  agreesWith<WorkflowPhaseDeclaration>()(
    object({ title: string(), detail: exactOptional(string()), model: exactOptional(string()) }),
  );

export const CacheHitReasonSchema: GenericSchema<CacheHit["reason"]> = agreesWith<CacheHit["reason"]>()(
  picklist(["this-run", "resumed-run", "other-run"]),
);

export const CacheMissReasonSchema: GenericSchema<CacheMissReason> = agreesWith<CacheMissReason>()(
  picklist([
    "first",
    "prompt-changed",
    "model-changed",
    "agent-changed",
    "schema-changed",
    "options-changed",
    "files-changed",
    "may-write",
    "not-finished",
    "damaged",
    "not-cached",
  ]),
);

const WorkflowFailureSchema: GenericSchema<WorkflowFailure> = agreesWith<WorkflowFailure>()(
  object({
    code: string(),
    message: string(),
    line: exactOptional(CountSchema),
    column: exactOptional(CountSchema),
  }),
);

const workflowStart = object({
  ...inWorkflow,
  type: literal("workflow-start"),
  name: string(),
  description: string(),
  dialect: picklist(["script", "object"]),
  scriptHash: string(),
  phases: listOf(PhaseDeclarationSchema),
  args: exactOptional(JsonValueSchema),
  budget: BudgetLimitsSchema,
  dry: boolean(),
  resumeOf: nullable(IdSchema),
});
const workflowFinish = object({
  ...inWorkflow,
  type: literal("workflow-finish"),
  status: picklist(["succeeded", "failed", "stopped"]),
  result: JsonValueSchema,
  error: nullable(WorkflowFailureSchema),
  usage: UsageSchema,
  agentCount: CountSchema,
  cacheHitCount: CountSchema,
  durationMs: MillisecondsSchema,
});
const agentStart = object({
  ...labelled,
  ...child,
  type: literal("agent-start"),
  prompt: string(),
  agent: string(),
  model: nullable(string()),
});
const agentFinish = object({
  ...labelled,
  ...child,
  type: literal("agent-finish"),
  outcome: picklist(["ok", "partial", "null", "error", "stopped"]),
  error: exactOptional(object({ code: string(), message: string() })),
  usage: nullable(UsageSchema),
  durationMs: MillisecondsSchema,
  triesAgain: CountSchema,
});
const approvalAsked = object({
  ...inCall,
  type: literal("approval-asked"),
  approvalId: IdSchema,
  question: string(),
  default: exactOptional(JsonValueSchema),
  expiresAtMs: MillisecondsSchema,
});
const approvalAnswered = object({
  ...inCall,
  type: literal("approval-answered"),
  approvalId: IdSchema,
  answer: exactOptional(JsonValueSchema),
  by: nullable(IdSchema),
});

export const WorkflowEntrySchema: GenericSchema<WorkflowEntry> = agreesWith<WorkflowEntry>()(
  variant("type", [
    workflowStart,
    object({ ...inWorkflow, type: literal("workflow-continued") }),
    object({ ...inWorkflow, type: literal("phase"), title: string() }),
    object({
      ...inWorkflow,
      type: literal("log"),
      source: picklist(["script", "engine"]),
      level: picklist(["info", "warn", "error"]),
      text: string(),
    }),
    agentStart,
    agentFinish,
    object({
      ...labelled,
      type: literal("cache-hit"),
      key: string(),
      reason: CacheHitReasonSchema,
      fromRunId: IdSchema,
    }),
    object({ ...labelled, type: literal("cache-miss"), key: string(), reason: CacheMissReasonSchema }),
    approvalAsked,
    approvalAnswered,
    object({
      ...inWorkflow,
      type: literal("budget"),
      spentTokens: CountSchema,
      spentUsd: amount,
      limits: BudgetLimitsSchema,
      kind: picklist(["spent", "warning", "exhausted"]),
    }),
    workflowFinish,
  ]),
);

/** One row of what a run of any kind has written. */
export const RunEntrySchema: GenericSchema<RunEntry> = union([EntrySchema, WorkflowEntrySchema]);

/** Everything that a subscriber of a run of any kind can receive. */
export const RunEventSchema: GenericSchema<RunEvent> = union([ConversationEventSchema, WorkflowEntrySchema]);
