// What can be asked of the traces of turns.
import type { ToolOutcome } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, type Defaulted, declareOperation, type Page } from "../operation.ts";
import {
  type PromptDiff,
  PromptDiffSchema,
  type PrunedTraces,
  PrunedTracesSchema,
  type ToolCallTrace,
  ToolCallTraceSchema,
  type TraceBody,
  TraceBodySchema,
  type TraceStatus,
  TraceStatusSchema,
  type TurnTrace,
  TurnTraceSchema,
} from "../schemas/traces.ts";
import { ToolOutcomeSchema } from "../schemas/usage.ts";
import { CountSchema, listOf, MillisecondsSchema } from "../schemas/values.ts";
import { CursorSchema, NameSchema, PositionSchema, pageLimit } from "./inputs.ts";

export interface ToolCallQuery {
  readonly conversationId?: string | undefined;
  readonly turnId?: string | undefined;
  readonly tool?: string | undefined;
  readonly outcome?: ToolOutcome | undefined;
  /** Only calls that took at least so long. */
  readonly minDurationMs?: number | undefined;
  /** `slowest` shows calls that have ended. */
  readonly order: "newest" | "slowest";
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const tracesList: Declared<
  ToolCallQuery,
  Page<ToolCallTrace>,
  Defaulted<ToolCallQuery, "order" | "limit">
> = declareOperation({
  name: "traces.list",
  summary:
    "Lists tool calls, newest or slowest first. A page may hold few or none, and still have more behind it.",
  scope: "read",
  rest: { method: "GET", path: "/api/traces", status: 200 },
  input: v.strictObject({
    conversationId: v.optional(NameSchema),
    turnId: v.optional(NameSchema),
    tool: v.optional(NameSchema),
    outcome: v.optional(ToolOutcomeSchema),
    minDurationMs: v.optional(MillisecondsSchema),
    order: v.optional(v.picklist(["newest", "slowest"]), "newest"),
    limit: v.optional(pageLimit(200), 50),
    cursor: v.optional(CursorSchema),
  }),
  output: v.object({ items: listOf(ToolCallTraceSchema), nextCursor: v.nullable(v.string()) }),
  problems: ["unknown-conversation", "unknown-trace", "forbidden", "invalid-cursor"],
});

export const tracesGet: Declared<{ readonly turnId: string }, TurnTrace> = declareOperation({
  name: "traces.get",
  summary: "Shows the spans of a turn as a tree.",
  scope: "read",
  rest: { method: "GET", path: "/api/traces/:turnId", status: 200 },
  input: v.strictObject({ turnId: NameSchema }),
  output: TurnTraceSchema,
  problems: ["unknown-trace", "forbidden"],
});

export interface TraceBodyInput {
  readonly turnId: string;
  readonly spanId: string;
  readonly name: string;
  /** UTF-16 unit to begin at. */
  readonly from: number;
  /** UTF-16 units at most. */
  readonly lengthMax: number;
}

export const tracesBody: Declared<
  TraceBodyInput,
  TraceBody,
  Defaulted<TraceBodyInput, "from" | "lengthMax">
> = declareOperation({
  name: "traces.body",
  summary: "Reads a body of a span, such as `prompt`, `request`, `response`, `input` or `output`.",
  scope: "read",
  rest: { method: "GET", path: "/api/traces/:turnId/spans/:spanId/bodies/:name", status: 200 },
  input: v.strictObject({
    turnId: NameSchema,
    spanId: NameSchema,
    name: NameSchema,
    from: v.optional(PositionSchema, 0),
    lengthMax: v.optional(pageLimit(1_048_576), 262_144),
  }),
  output: TraceBodySchema,
  problems: ["unknown-trace", "unknown-body", "forbidden"],
});

export interface PromptDiffInput {
  readonly turnId: string;
  /** Indices of steps, from 0. */
  readonly from: number;
  readonly to: number;
}

export const tracesDiff: Declared<PromptDiffInput, PromptDiff> = declareOperation({
  name: "traces.diff",
  summary: "Shows what changed between the prompts of two steps of a turn.",
  scope: "read",
  rest: { method: "GET", path: "/api/traces/:turnId/diff", status: 200 },
  input: v.strictObject({ turnId: NameSchema, from: PositionSchema, to: PositionSchema }),
  output: PromptDiffSchema,
  problems: ["unknown-trace", "unknown-step", "forbidden", "too-large"],
});

export const tracesStatus: Declared<Readonly<Record<string, never>>, TraceStatus> = declareOperation({
  name: "traces.status",
  summary: "Shows how much is kept of traces, and what was lost.",
  scope: "read",
  rest: { method: "GET", path: "/api/traces/status", status: 200 },
  input: v.strictObject({}),
  output: TraceStatusSchema,
  problems: [],
});

export interface PruneInput {
  /** Removes what is older; what the configuration says where absent. */
  readonly ageMsMax?: number | undefined;
  /** Removes the oldest until no more than so many bytes are left; what the configuration says where absent. */
  readonly bytesMax?: number | undefined;
}

export const tracesPrune: Declared<PruneInput, PrunedTraces> = declareOperation({
  name: "traces.prune",
  summary: "Removes old traces now, in whole parts, and answers when they are gone.",
  scope: "admin",
  rest: { method: "POST", path: "/api/traces/prune", status: 200 },
  input: v.strictObject({
    ageMsMax: v.optional(MillisecondsSchema),
    bytesMax: v.optional(CountSchema),
  }),
  output: PrunedTracesSchema,
  problems: [],
});
