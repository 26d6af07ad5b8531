// What can be asked of where conversations stand and what their turns took.
import type { Snapshot } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, type Defaulted, declareOperation, type Page } from "../operation.ts";
import { type ConversationComparison, ConversationComparisonSchema } from "../schemas/comparisons.ts";
import { SnapshotSchema } from "../schemas/snapshots.ts";
import {
  type ConversationUsage,
  ConversationUsageSchema,
  type TurnMetrics,
  TurnMetricsSchema,
  type TurnSummary,
  TurnSummarySchema,
} from "../schemas/turn-summaries.ts";
import { listOf } from "../schemas/values.ts";
import { CursorSchema, NameSchema, pageLimit } from "./inputs.ts";

const problems = ["unknown-conversation", "forbidden"];

export const conversationsSnapshot: Declared<{ readonly id: string }, Snapshot> = declareOperation({
  name: "conversations.snapshot",
  summary:
    "Shows where a conversation stands: its state, the turn in progress or the last one, calls that wait.",
  scope: "read",
  rest: { method: "GET", path: "/api/conversations/:id/snapshot", status: 200 },
  input: v.strictObject({ id: NameSchema }),
  output: SnapshotSchema,
  problems,
});

export interface TimelineInput {
  readonly id: string;
  readonly order: "newest" | "oldest";
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const OrderSchema: v.GenericSchema<TimelineInput["order"]> = v.picklist(["newest", "oldest"]);

export const conversationsTimeline: Declared<
  TimelineInput,
  Page<TurnSummary>,
  Defaulted<TimelineInput, "order" | "limit">
> = declareOperation({
  name: "conversations.timeline",
  summary:
    "Lists the turns of a conversation, those that it shares with the one that it was forked from included.",
  scope: "read",
  rest: { method: "GET", path: "/api/conversations/:id/timeline", status: 200 },
  input: v.strictObject({
    id: NameSchema,
    order: v.optional(OrderSchema, "newest"),
    limit: v.optional(pageLimit(200), 50),
    cursor: v.optional(CursorSchema),
  }),
  output: v.object({ items: listOf(TurnSummarySchema), nextCursor: v.nullable(v.string()) }),
  problems: [...problems, "invalid-cursor"],
});

export const conversationsMetrics: Declared<
  TimelineInput,
  Page<TurnMetrics>,
  Defaulted<TimelineInput, "order" | "limit">
> = declareOperation({
  name: "conversations.metrics",
  summary:
    "Lists the turns of a conversation with their steps: usage and timing of each. `conversations.usage` says what they come " +
    "to together.",
  scope: "read",
  rest: { method: "GET", path: "/api/conversations/:id/metrics", status: 200 },
  input: v.strictObject({
    id: NameSchema,
    order: v.optional(OrderSchema, "newest"),
    limit: v.optional(pageLimit(50), 10),
    cursor: v.optional(CursorSchema),
  }),
  output: v.object({ items: listOf(TurnMetricsSchema), nextCursor: v.nullable(v.string()) }),
  problems: [...problems, "invalid-cursor"],
});

export const conversationsUsage: Declared<{ readonly id: string }, ConversationUsage> = declareOperation({
  name: "conversations.usage",
  summary:
    "Adds up what the turns took that a conversation goes on from, and apart from them those that a restore left behind.",
  scope: "read",
  rest: { method: "GET", path: "/api/conversations/:id/usage", status: 200 },
  input: v.strictObject({ id: NameSchema }),
  output: ConversationUsageSchema,
  problems,
});

export interface CompareInput {
  readonly id: string;
  /** The conversation that it is compared with. */
  readonly otherId: string;
}

export const conversationsCompare: Declared<CompareInput, ConversationComparison> = declareOperation({
  name: "conversations.compare",
  summary:
    "Says up to which position two conversations go on from the same turns, by forks of whatever depth, and adds up what " +
    "these took and what each took after them.",
  scope: "read",
  rest: { method: "GET", path: "/api/conversations/:id/compare", status: 200 },
  input: v.strictObject({ id: NameSchema, otherId: NameSchema }),
  output: ConversationComparisonSchema,
  problems,
});
