import type { StepMetrics, ToolCallMetrics, ToolOutcome, TurnFailure, Usage } from "@lathe/kernel";
import { type GenericSchema, nullable, object, picklist, string } from "valibot";
import { agreesWith } from "./agreement.ts";
import { CountOrUnknownSchema, MillisecondsSchema } from "./values.ts";

export const UsageSchema: GenericSchema<Usage> = agreesWith<Usage>()(
  object({
    inputTokens: CountOrUnknownSchema,
    outputTokens: CountOrUnknownSchema,
    cacheReadTokens: CountOrUnknownSchema,
    cacheWriteTokens: CountOrUnknownSchema,
    reasoningTokens: CountOrUnknownSchema,
  }),
);

export const StepMetricsSchema: GenericSchema<StepMetrics> = agreesWith<StepMetrics>()(
  object({
    startedAtMs: MillisecondsSchema,
    timeToFirstTokenMs: nullable(MillisecondsSchema),
    decodeMs: nullable(MillisecondsSchema),
    totalMs: MillisecondsSchema,
  }),
);

export const ToolOutcomeSchema: GenericSchema<ToolOutcome> = agreesWith<ToolOutcome>()(
  picklist(["ok", "error", "timeout", "aborted", "invalid-input", "unknown-tool", "denied", "interrupted"]),
);

export const ToolCallMetricsSchema: GenericSchema<ToolCallMetrics> = agreesWith<ToolCallMetrics>()(
  object({
    callId: string(),
    outcome: ToolOutcomeSchema,
    startedAtMs: MillisecondsSchema,
    durationMs: MillisecondsSchema,
  }),
);

const providerFailureKinds = [
  "auth",
  "bad-request",
  "model-not-found",
  "context-length",
  "rate-limit",
  "quota",
  "overloaded",
  "server",
  "network",
  "idle-timeout",
  "truncated",
  "malformed",
  "tool-use-failed",
] as const;

export const ProviderFailureKindSchema: GenericSchema<Exclude<TurnFailure["kind"], "internal">> = agreesWith<
  Exclude<TurnFailure["kind"], "internal">
>()(picklist(providerFailureKinds));

export const TurnFailureSchema: GenericSchema<TurnFailure> = agreesWith<TurnFailure>()(
  object({ kind: picklist([...providerFailureKinds, "internal"]), message: string() }),
);
