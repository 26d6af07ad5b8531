// What the turns and steps of a conversation took.
import type { StepFinishReason, StepMetrics, ToolOutcome, TurnFinishReason, Usage } from "@lathe/kernel";
import {
  boolean,
  type GenericSchema,
  maxValue,
  minValue,
  nullable,
  number,
  object,
  pipe,
  string,
} from "valibot";
import { agreesWith } from "./agreement.ts";
import { StepFinishReasonSchema, TurnFinishReasonSchema } from "./events.ts";
import { StepMetricsSchema, ToolOutcomeSchema, UsageSchema } from "./usage.ts";
import {
  CountOrUnknownSchema,
  CountSchema,
  IdSchema,
  listOf,
  MillisecondsSchema,
  SeqSchema,
} from "./values.ts";

export interface TurnSummary {
  readonly turnId: string;
  readonly runId: string;
  readonly agent: string;
  /** `provider/model` that it began with. */
  readonly model: string;
  readonly firstSeq: number;
  /** Position of its seal; null while it runs. */
  readonly lastSeq: number | null;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Null while it runs; so is the finish reason. */
  readonly durationMs: number | null;
  readonly finishReason: TurnFinishReason | null;
  readonly stepCount: number;
  readonly toolCallCount: number;
  /** The sum over the complete steps. */
  readonly usage: Usage;
  readonly contextSize: number | null;
  /** The share of the input that came from the provider's cache, 0 to 1; null where that was not reported. */
  readonly cacheHitRate: number | null;
  /** The beginning of the user's message, and its end where it is long. */
  readonly preview: string;
  /** Whether a restore left it behind. */
  readonly undone: boolean;
}

export interface StepSummary {
  readonly stepId: string;
  readonly index: number;
  /** Position of its entry. */
  readonly seq: number;
  readonly provider: string;
  readonly model: string;
  readonly finishReason: StepFinishReason;
  readonly usage: Usage | null;
  readonly contextSize: number | null;
  readonly cacheHitRate: number | null;
  readonly metrics: StepMetrics;
  /** The calls that ran, in their order. */
  readonly toolCalls: readonly {
    readonly name: string;
    readonly outcome: ToolOutcome;
    readonly durationMs: number;
  }[];
}

const RateSchema = nullable(pipe(number(), minValue(0), maxValue(1)));

const turnSummary = {
  turnId: IdSchema,
  runId: IdSchema,
  agent: string(),
  model: string(),
  firstSeq: SeqSchema,
  lastSeq: nullable(SeqSchema),
  startedAtMs: MillisecondsSchema,
  durationMs: nullable(MillisecondsSchema),
  finishReason: nullable(TurnFinishReasonSchema),
  stepCount: CountSchema,
  toolCallCount: CountSchema,
  usage: UsageSchema,
  contextSize: CountOrUnknownSchema,
  cacheHitRate: RateSchema,
  preview: string(),
  undone: boolean(),
};

export const TurnSummarySchema: GenericSchema<TurnSummary> = agreesWith<TurnSummary>()(object(turnSummary));

export const StepSummarySchema: GenericSchema<StepSummary> = agreesWith<StepSummary>()(
  object({
    stepId: IdSchema,
    index: CountSchema,
    seq: SeqSchema,
    provider: string(),
    model: string(),
    finishReason: StepFinishReasonSchema,
    usage: nullable(UsageSchema),
    contextSize: CountOrUnknownSchema,
    cacheHitRate: RateSchema,
    metrics: StepMetricsSchema,
    toolCalls: listOf(object({ name: string(), outcome: ToolOutcomeSchema, durationMs: MillisecondsSchema })),
  }),
);

/** A turn with its steps. */
export interface TurnMetrics extends TurnSummary {
  /** The complete ones, in their order. */
  readonly steps: readonly StepSummary[];
}

export const TurnMetricsSchema: GenericSchema<TurnMetrics> = agreesWith<TurnMetrics>()(
  object({ ...turnSummary, steps: listOf(StepSummarySchema) }),
);

/** What some turns took together. */
export interface UsageTotals {
  readonly turnCount: number;
  /** Complete steps; calls likewise. */
  readonly stepCount: number;
  readonly toolCallCount: number;
  /** The sum over the turns; what none of them reported is null. */
  readonly usage: Usage;
  /**
   * The share of the input that came from the provider's cache, 0 to 1, over the turns that reported both; null where none
   * did.
   */
  readonly cacheHitRate: number | null;
}

/** What a conversation took so far: the turns that it goes on from, what it shares with the one it was forked from included. */
export interface ConversationUsage extends UsageTotals {
  /** What the turns took that a restore left behind. */
  readonly undone: UsageTotals;
}

/** The fields of `UsageTotals`, for what is more than that. */
export const usageTotals: { readonly [Field in keyof UsageTotals]: GenericSchema<UsageTotals[Field]> } = {
  turnCount: CountSchema,
  stepCount: CountSchema,
  toolCallCount: CountSchema,
  usage: UsageSchema,
  cacheHitRate: RateSchema,
};

export const ConversationUsageSchema: GenericSchema<ConversationUsage> = agreesWith<ConversationUsage>()(
  object({ ...usageTotals, undone: object(usageTotals) }),
);
