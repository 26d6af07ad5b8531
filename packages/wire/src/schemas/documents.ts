// What the operations of the foundation answer with.
import type {
  Admission,
  AgentOverrides,
  Conversation,
  ConversationState,
  ExtensionState,
  ModelInfo,
} from "@lathe/kernel";
import {
  exactOptional,
  type GenericSchema,
  integer,
  maxValue,
  minValue,
  nullable,
  number,
  object,
  picklist,
  pipe,
  readonly,
  record,
  string,
} from "valibot";
import type { FieldError, Problem } from "../operation.ts";
import { agreesWith } from "./agreement.ts";
import {
  CountOrUnknownSchema,
  CountSchema,
  IdSchema,
  listOf,
  MillisecondsSchema,
  SeqSchema,
} from "./values.ts";

export const ConversationStateSchema: GenericSchema<ConversationState> = agreesWith<ConversationState>()(
  picklist(["idle", "in_progress"]),
);

export const AgentOverridesSchema: GenericSchema<AgentOverrides> = agreesWith<AgentOverrides>()(
  object({
    tools: exactOptional(listOf(string())),
    effort: exactOptional(picklist(["none", "minimal", "low", "medium", "high", "xhigh", "max"])),
  }),
);

export const ConversationSchema: GenericSchema<Conversation> = agreesWith<Conversation>()(
  object({
    id: IdSchema,
    owner: IdSchema,
    title: nullable(string()),
    agent: string(),
    model: nullable(string()),
    cwd: string(),
    state: ConversationStateSchema,
    lastSeq: CountSchema,
    forkedFrom: nullable(object({ conversationId: IdSchema, seq: CountSchema })),
    parentRunId: nullable(IdSchema),
    overrides: nullable(AgentOverridesSchema),
    createdAtMs: MillisecondsSchema,
    updatedAtMs: MillisecondsSchema,
    lastActiveAtMs: MillisecondsSchema,
  }),
);

export const AdmissionSchema: GenericSchema<Admission> = agreesWith<Admission>()(
  object({ runId: IdSchema, turnId: IdSchema, seq: SeqSchema }),
);

export const ModelInfoSchema: GenericSchema<ModelInfo> = agreesWith<ModelInfo>()(
  object({ id: string(), contextTokens: CountOrUnknownSchema, outputTokensMax: CountOrUnknownSchema }),
);

export const ExtensionStateSchema: GenericSchema<ExtensionState> = agreesWith<ExtensionState>()(
  object({
    id: string(),
    version: nullable(string()),
    description: nullable(string()),
    kind: picklist(["active", "missing", "failed", "refused", "disabled"]),
    reason: nullable(string()),
    needs: listOf(string()),
    offers: listOf(string()),
    contributes: pipe(record(string(), listOf(string())), readonly()),
    permissions: listOf(string()),
    activationMs: nullable(MillisecondsSchema),
  }),
);

export const FieldErrorSchema: GenericSchema<FieldError> = agreesWith<FieldError>()(
  object({ field: string(), message: string() }),
);

/** RFC 9457. */
export const ProblemSchema: GenericSchema<Problem> = agreesWith<Problem>()(
  object({
    type: string(),
    title: string(),
    status: pipe(number(), integer(), minValue(400), maxValue(599)),
    code: string(),
    detail: string(),
    errors: exactOptional(listOf(FieldErrorSchema)),
  }),
);
