import type { PendingStep, Snapshot } from "@lathe/kernel";
import { exactOptional, type GenericSchema, nullable, object, picklist, string } from "valibot";
import { agreesWith } from "./agreement.ts";
import { RunSpendingSchema } from "./budgets.ts";
import { AssistantMessageSchema } from "./message.ts";
import { UsageSchema } from "./usage.ts";
import { CountOrUnknownSchema, CountSchema, IdSchema, MillisecondsSchema, SeqSchema } from "./values.ts";

const PendingStepSchema: GenericSchema<PendingStep> = agreesWith<PendingStep>()(
  object({
    stepId: IdSchema,
    index: CountSchema,
    provider: string(),
    model: string(),
    message: AssistantMessageSchema,
    usage: nullable(UsageSchema),
    contextSize: CountOrUnknownSchema,
    metrics: object({
      startedAtMs: MillisecondsSchema,
      timeToFirstTokenMs: nullable(MillisecondsSchema),
      decodeMs: nullable(MillisecondsSchema),
    }),
  }),
);

export const SnapshotSchema: GenericSchema<Snapshot> = agreesWith<Snapshot>()(
  object({
    conversationId: IdSchema,
    state: picklist(["idle", "in_progress", "awaiting_input", "interrupted"]),
    seq: CountSchema,
    turn: nullable(
      object({
        turnId: IdSchema,
        runId: IdSchema,
        agent: string(),
        model: string(),
        startSeq: SeqSchema,
        startedAtMs: MillisecondsSchema,
        stepCount: CountSchema,
        toolCallCount: CountSchema,
        usage: UsageSchema,
        contextSize: CountOrUnknownSchema,
        resumeCount: CountSchema,
        retry: nullable(object({ failedAttempts: CountSchema, sleptMs: MillisecondsSchema })),
        budget: exactOptional(RunSpendingSchema),
      }),
    ),
    pending: nullable(PendingStepSchema),
  }),
);
