// What traces are shown as: tool calls, span trees, bodies, and what changed between two prompts.
import type { Attributes, LogLevel, SpanOutcome, ToolOutcome, Usage } from "@lathe/kernel";
import {
  boolean,
  type GenericSchema,
  nullable,
  number,
  object,
  picklist,
  pipe,
  readonly,
  record,
  string,
  union,
} from "valibot";
import { agreesWith } from "./agreement.ts";
import { ToolOutcomeSchema, UsageSchema } from "./usage.ts";
import { CountOrUnknownSchema, CountSchema, listOf, MillisecondsSchema } from "./values.ts";

/** One tool call, whether it ran or not. */
export interface ToolCallTrace {
  readonly conversationId: string | null;
  readonly turnId: string;
  readonly stepId: string | null;
  readonly callId: string;
  /** The call's span: its bodies `input` and `output` hold what is only begun here. */
  readonly spanId: string;
  readonly tool: string;
  /** Null = it has not ended yet. */
  readonly outcome: ToolOutcome | null;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly durationMs: number | null;
  readonly input: BodyPreview | null;
  readonly output: BodyPreview | null;
  /** The beginning of what went wrong; null where nothing did. */
  readonly error: string | null;
  /** Tokens of the step that made the call; null where they are not known (yet). */
  readonly usage: Usage | null;
}

export interface BodyPreview {
  /** The first characters. */
  readonly beginning: string;
  /** UTF-16 units of the whole. */
  readonly length: number;
}

/** `open`: it goes on. `interrupted`: it never ended, since its daemon did, or its end was dropped. */
export type SpanState = SpanOutcome | "open" | "interrupted";

export interface SpanTrace {
  readonly traceId: string;
  readonly spanId: string;
  /** Null = a root. */
  readonly parentSpanId: string | null;
  /** 0 for what has no parent among the spans that are shown. */
  readonly depth: number;
  /** Id of the extension that wrote it. */
  readonly source: string;
  readonly name: string;
  readonly startedAtMs: number;
  readonly durationMs: number | null;
  readonly outcome: SpanState;
  readonly attributes: Attributes;
  readonly bodies: readonly NamedBody[];
  readonly logs: readonly SpanLog[];
}

export interface NamedBody {
  readonly name: string;
  /** UTF-16 units. */
  readonly length: number;
}

export interface SpanLog {
  readonly source: string;
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly attributes: Attributes;
}

export interface TurnTrace {
  readonly turnId: string;
  readonly conversationId: string | null;
  /** Each span before those below it, siblings in the order in which they began. */
  readonly spans: readonly SpanTrace[];
  /** True where there are more spans than are shown. */
  readonly cut: boolean;
}

/** A part of a body. */
export interface TraceBody {
  readonly name: string;
  /** UTF-16 units of the whole. */
  readonly length: number;
  /** Where the part begins. */
  readonly from: number;
  readonly text: string;
  /** Where to go on; null at the end. */
  readonly nextFrom: number | null;
}

/** What is different between the prompts of two steps of a turn. */
export interface PromptDiff {
  readonly from: PromptName;
  readonly to: PromptName;
  /** The first UTF-16 unit at which the two differ: up to there a provider can cache. Null = they are equal. */
  readonly firstDifferenceAt: number | null;
  readonly head: readonly HeadChange[];
  /** How many messages at the beginning are the same. */
  readonly sameMessageCount: number;
  readonly messages: readonly MessageChange[];
  /** True where more messages changed than are shown. */
  readonly cut: boolean;
}

export interface PromptName {
  readonly stepIndex: number;
  readonly spanId: string;
  /** UTF-16 units. */
  readonly length: number;
  readonly messageCount: number;
}

export interface HeadChange {
  /** A member of the head such as `model` or `system`, or `tools.NAME`. */
  readonly part: string;
  readonly change: Change;
  /** JSON, its beginning; null where it was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface MessageChange {
  /** Position in the prompt that holds it (in the later one, where both do), from 0. */
  readonly index: number;
  readonly change: Change;
  readonly role: string | null;
  /** JSON, its beginning; null where it was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

export type Change = "added" | "removed" | "changed";

export interface TraceStatus {
  /** Spans opened, bodies and tool calls that are kept. */
  readonly spanCount: number;
  readonly bodyCount: number;
  readonly toolCallCount: number;
  /** About what they take in the store. */
  readonly storedBytes: number;
  /** How many parts they are kept in; a part is removed as a whole. */
  readonly generationCount: number;
  /** When the oldest that is kept was written; null where there is nothing. */
  readonly oldestAtMs: number | null;
  /** What waits in memory to be written. */
  readonly queuedRecordCount: number;
  readonly queuedBytes: number;
  /** What was lost since the daemon started, by reason. */
  readonly dropped: TraceDrops;
  /** What was lost in the time that is kept, as far as it could be written down. */
  readonly droppedCount: number;
}

export interface TraceDrops {
  readonly queueFull: number;
  readonly tooLarge: number;
  readonly notSerializable: number;
  readonly notWritten: number;
}

/** What a prune removed. */
export interface PrunedTraces {
  readonly generationCount: number;
  readonly toolCallCount: number;
  /** About. */
  readonly bytes: number;
}

const AttributesSchema: GenericSchema<Attributes> = agreesWith<Attributes>()(
  pipe(record(string(), nullable(union([string(), number(), boolean()]))), readonly()),
);

const BodyPreviewSchema: GenericSchema<BodyPreview> = agreesWith<BodyPreview>()(
  object({ beginning: string(), length: CountSchema }),
);

export const ToolCallTraceSchema: GenericSchema<ToolCallTrace> = agreesWith<ToolCallTrace>()(
  object({
    conversationId: nullable(string()),
    turnId: string(),
    stepId: nullable(string()),
    callId: string(),
    spanId: string(),
    tool: string(),
    outcome: nullable(ToolOutcomeSchema),
    startedAtMs: MillisecondsSchema,
    finishedAtMs: nullable(MillisecondsSchema),
    durationMs: nullable(MillisecondsSchema),
    input: nullable(BodyPreviewSchema),
    output: nullable(BodyPreviewSchema),
    error: nullable(string()),
    usage: nullable(UsageSchema),
  }),
);

const SpanLogSchema: GenericSchema<SpanLog> = agreesWith<SpanLog>()(
  object({
    source: string(),
    atMs: MillisecondsSchema,
    level: picklist(["debug", "info", "warn", "error"]),
    message: string(),
    attributes: AttributesSchema,
  }),
);

const SpanTraceSchema: GenericSchema<SpanTrace> = agreesWith<SpanTrace>()(
  object({
    traceId: string(),
    spanId: string(),
    parentSpanId: nullable(string()),
    depth: CountSchema,
    source: string(),
    name: string(),
    startedAtMs: MillisecondsSchema,
    durationMs: nullable(MillisecondsSchema),
    outcome: picklist(["ok", "error", "aborted", "open", "interrupted"]),
    attributes: AttributesSchema,
    bodies: listOf(agreesWith<NamedBody>()(object({ name: string(), length: CountSchema }))),
    logs: listOf(SpanLogSchema),
  }),
);

export const TurnTraceSchema: GenericSchema<TurnTrace> = agreesWith<TurnTrace>()(
  object({
    turnId: string(),
    conversationId: nullable(string()),
    spans: listOf(SpanTraceSchema),
    cut: boolean(),
  }),
);

export const TraceBodySchema: GenericSchema<TraceBody> = agreesWith<TraceBody>()(
  object({
    name: string(),
    length: CountSchema,
    from: CountSchema,
    text: string(),
    nextFrom: CountOrUnknownSchema,
  }),
);

const PromptNameSchema: GenericSchema<PromptName> = agreesWith<PromptName>()(
  object({ stepIndex: CountSchema, spanId: string(), length: CountSchema, messageCount: CountSchema }),
);

const changes = ["added", "removed", "changed"] as const;
const sides = { before: nullable(string()), after: nullable(string()) };

export const PromptDiffSchema: GenericSchema<PromptDiff> = agreesWith<PromptDiff>()(
  object({
    from: PromptNameSchema,
    to: PromptNameSchema,
    firstDifferenceAt: CountOrUnknownSchema,
    head: listOf(agreesWith<HeadChange>()(object({ part: string(), change: picklist(changes), ...sides }))),
    sameMessageCount: CountSchema,
    messages: listOf(
      agreesWith<MessageChange>()(
        object({ index: CountSchema, change: picklist(changes), role: nullable(string()), ...sides }),
      ),
    ),
    cut: boolean(),
  }),
);

export const TraceStatusSchema: GenericSchema<TraceStatus> = agreesWith<TraceStatus>()(
  object({
    spanCount: CountSchema,
    bodyCount: CountSchema,
    toolCallCount: CountSchema,
    storedBytes: CountSchema,
    generationCount: CountSchema,
    oldestAtMs: nullable(MillisecondsSchema),
    queuedRecordCount: CountSchema,
    queuedBytes: CountSchema,
    dropped: object({
      queueFull: CountSchema,
      tooLarge: CountSchema,
      notSerializable: CountSchema,
      notWritten: CountSchema,
    }),
    droppedCount: CountSchema,
  }),
);

export const PrunedTracesSchema: GenericSchema<PrunedTraces> = agreesWith<PrunedTraces>()(
  object({ generationCount: CountSchema, toolCallCount: CountSchema, bytes: CountSchema }),
);
