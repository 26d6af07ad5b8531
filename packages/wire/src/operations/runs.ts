// What can be asked of runs: executions of anything, in one form.
import type { JsonValue, Run, RunEntry, RunStatus } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, type Defaulted, declareOperation, type Page } from "../operation.ts";
import { RunSchema, RunStatusSchema } from "../schemas/runs.ts";
import { CountSchema, JsonValueSchema, listOf } from "../schemas/values.ts";
import { RunEntrySchema, RunEventSchema } from "../schemas/workflow-events.ts";
import { AbsolutePathSchema, CursorSchema, NameSchema, PositionSchema, pageLimit } from "./inputs.ts";

export interface NewRunInput {
  /** Name of the run kind, for example `turn`. */
  readonly kind: string;
  readonly agent?: string | undefined;
  readonly conversationId?: string | undefined;
  /** What it is depends on the kind: for `turn` the text, or `{ text, model? }`. Instead of it, any of the fields below. */
  readonly input?: JsonValue | undefined;
  /** The name of a workflow. */
  readonly workflow?: string | undefined;
  /** The text of a workflow. */
  readonly script?: string | undefined;
  readonly args?: JsonValue | undefined;
  /** Of a turn, beside its `input`, or of a workflow. A number is one of tokens. */
  readonly budget?: RunBudget | number | undefined;
  /** Absolute path of the folder that it works in. */
  readonly cwd?: string | undefined;
  /** Agents are answered with made-up values, and nothing is spent. */
  readonly dryRun?: boolean | undefined;
  /** Id of the run whose finished agents count as this one's. */
  readonly resumeFrom?: string | undefined;
  /** `fresh`: no answer of another run is taken. `all`: also those of agents that can change things. */
  readonly cache?: "use" | "fresh" | "all" | undefined;
}

/** What a run may use, with all that it starts; what is absent is not limited. */
export interface RunBudget {
  readonly tokens?: number | undefined;
  readonly usd?: number | undefined;
}

const scriptLengthMax = 524_288;
const AmountSchema = v.pipe(v.number(), v.finite(), v.minValue(0));
const BudgetSchema = v.strictObject({ tokens: v.optional(AmountSchema), usd: v.optional(AmountSchema) });
const ScriptSchema = v.pipe(
  v.string(),
  v.maxLength(scriptLengthMax, `The script may be ${scriptLengthMax} characters long at most.`),
);

const budgetMessage = "A number of tokens, or { tokens?, usd? }; numbers from 0 on.";

export const runsCreate: Declared<NewRunInput, Run> = declareOperation({
  name: "runs.create",
  summary:
    "Starts a run and answers with it at once. Sent again with the same Idempotency-Key it answers with the same run; " +
    "followed, until the run is over.",
  scope: "write",
  rest: { method: "POST", path: "/api/runs", status: 202 },
  input: v.strictObject({
    kind: NameSchema,
    agent: v.optional(NameSchema),
    conversationId: v.optional(NameSchema),
    input: v.optional(JsonValueSchema),
    workflow: v.optional(NameSchema),
    script: v.optional(ScriptSchema),
    args: v.optional(JsonValueSchema),
    budget: v.optional(v.union([AmountSchema, BudgetSchema], budgetMessage)),
    cwd: v.optional(AbsolutePathSchema),
    dryRun: v.optional(v.boolean()),
    resumeFrom: v.optional(NameSchema),
    cache: v.optional(v.picklist(["use", "fresh", "all"])),
  }),
  output: RunSchema,
  problems: [
    "unknown-run-kind",
    "invalid-run-input",
    "invalid-idempotency-key",
    "idempotency-key-reused",
    "run-deleted",
    "unknown-conversation",
    "forbidden",
    "turn-in-progress",
    "unknown-agent",
    "unknown-model",
    "no-model",
    "unknown-price",
    "no-folder",
    "unknown-workflow",
    "unknown-run",
    "run-in-progress",
    "script-lost",
    "secret-in-script",
    "draining",
  ],
  events: RunEventSchema,
  idempotencyKeys: true,
});

export interface RunListInput {
  readonly status?: RunStatus | undefined;
  readonly agent?: string | undefined;
  readonly kind?: string | undefined;
  /** Only those that this run has started; `none` = only those that no run has started, but a caller. */
  readonly parent?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const runsList: Declared<RunListInput, Page<Run>, Defaulted<RunListInput, "limit">> = declareOperation(
  {
    name: "runs.list",
    summary:
      "Lists the caller's runs, newest first; with the scope `admin`, everybody's. `parent` is the id of the run that has " +
      "started them, or `none` for those that callers started. A page may be shorter than asked for: only one without a " +
      "cursor is the last.",
    scope: "read",
    rest: { method: "GET", path: "/api/runs", status: 200 },
    input: v.strictObject({
      status: v.optional(RunStatusSchema),
      agent: v.optional(NameSchema),
      kind: v.optional(NameSchema),
      parent: v.optional(NameSchema),
      limit: v.optional(pageLimit(200), 50),
      cursor: v.optional(CursorSchema),
    }),
    output: v.object({ items: listOf(RunSchema), nextCursor: v.nullable(v.string()) }),
    problems: [],
  },
);

export const runsGet: Declared<{ readonly id: string }, Run> = declareOperation({
  name: "runs.get",
  summary: "Shows one run.",
  scope: "read",
  rest: { method: "GET", path: "/api/runs/:id", status: 200 },
  input: v.strictObject({ id: NameSchema }),
  output: RunSchema,
  problems: ["unknown-run", "forbidden"],
});

export interface RunEventsInput {
  readonly id: string;
  /** Position of the last entry that the caller has; 0 = none. */
  readonly after: number;
  readonly limit: number;
}

export interface RunEventsPage {
  readonly items: readonly RunEntry[];
  /** What to ask the next page with; null where there is nothing more so far. */
  readonly nextAfter: number | null;
}

export const runsEvents: Declared<
  RunEventsInput,
  RunEventsPage,
  Defaulted<RunEventsInput, "after" | "limit">
> = declareOperation({
  name: "runs.events",
  summary: "Reads the entries of a run after a position, oldest first.",
  scope: "read",
  rest: { method: "GET", path: "/api/runs/:id/events", status: 200 },
  input: v.strictObject({
    id: NameSchema,
    after: v.optional(PositionSchema, 0),
    limit: v.optional(pageLimit(500), 100),
  }),
  output: v.object({ items: listOf(RunEntrySchema), nextAfter: v.nullable(CountSchema) }),
  problems: ["unknown-run", "forbidden", "run-kind-not-active"],
});

export interface RunStreamInput {
  readonly id: string;
  /** Position of the last entry that the caller has; one that comes again says it in `Last-Event-ID` instead. */
  readonly after: number | string;
}

export interface RunStreamStart {
  readonly run: Run;
  /** What follows comes after this position. */
  readonly after: number;
  /** Position of the last entry that there is. */
  readonly lastSeq: number;
  /** The position that was asked for is none of this run: a `reset` comes first, and then everything. */
  readonly reset: boolean;
  /** The run is over and nothing comes after the position: there is nothing to follow. */
  readonly complete: boolean;
}

export const runsStream: Declared<
  RunStreamInput,
  RunStreamStart,
  Defaulted<RunStreamInput, "after">
> = declareOperation({
  name: "runs.stream",
  summary: "Follows a run: its entries after a position, the step in flight, what happens, until it is over.",
  scope: "read",
  rest: { method: "GET", path: "/api/runs/:id/stream", status: 200, stream: true },
  input: v.strictObject({
    id: NameSchema,
    // Whatever is no position of this run is answered with a `reset`, and then with everything.
    after: v.optional(v.union([v.number(), v.string()]), 0),
  }),
  output: v.object({
    run: RunSchema,
    after: CountSchema,
    lastSeq: CountSchema,
    reset: v.boolean(),
    complete: v.boolean(),
  }),
  problems: ["unknown-run", "forbidden", "run-kind-not-active"],
  events: RunEventSchema,
});

export const runsStop: Declared<{ readonly id: string }, Run> = declareOperation({
  name: "runs.stop",
  summary:
    "Asks a run, and all that it started, to stop. Answers as soon as that is on disk, with the status `stopping` until it " +
    "has: no daemon that comes after a crash goes on with it. One that is over stays as it is.",
  scope: "write",
  rest: { method: "POST", path: "/api/runs/:id/stop", status: 202 },
  input: v.strictObject({ id: NameSchema }),
  output: RunSchema,
  problems: ["unknown-run", "forbidden"],
});

export const runsDelete: Declared<{ readonly id: string }, null> = declareOperation({
  name: "runs.delete",
  summary:
    "Deletes a run that is over, with the runs that it started and the conversations that it began for them. A " +
    "conversation that it was sent to stays.",
  scope: "write",
  rest: { method: "DELETE", path: "/api/runs/:id", status: 204 },
  input: v.strictObject({ id: NameSchema }),
  output: v.null(),
  problems: ["unknown-run", "forbidden", "run-in-progress"],
});
