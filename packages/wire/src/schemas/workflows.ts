// Workflows as the API shows them: those that there are, and how a run of one is doing.
import type { JsonObject, WorkflowDialect, WorkflowPhaseDeclaration } from "@lathe/kernel";
import {
  boolean,
  exactOptional,
  type GenericSchema,
  nullable,
  number,
  object,
  picklist,
  string,
  union,
} from "valibot";
import type {
  WorkflowAgentState,
  WorkflowAgentView,
  WorkflowApproval,
  WorkflowCacheItem,
  WorkflowLogLine,
  WorkflowStatus,
} from "../view/workflow-view.ts";
import { agreesWith } from "./agreement.ts";
import { RunSpendingSchema } from "./budgets.ts";
import { RunSchema } from "./runs.ts";
import { UsageSchema } from "./usage.ts";
import {
  CountSchema,
  IdSchema,
  JsonObjectSchema,
  JsonValueSchema,
  listOf,
  MillisecondsSchema,
  SeqSchema,
} from "./values.ts";
import { CacheHitReasonSchema, CacheMissReasonSchema } from "./workflow-events.ts";

/** Where a workflow stands. */
export interface WorkflowSource {
  /** `project`: the working folder, or one above it in its repository. `built-in`: it comes with an extension. */
  readonly kind: "project" | "home" | "built-in";
  /** Of the file, absolute; null where there is none. */
  readonly path: string | null;
}

/** What is wrong with a file. The message is whole: where it is about a place, it shows the line with a caret. */
export interface WorkflowProblem {
  /** For example `script-parse-error`, `invalid-meta`, `duplicate-name`, `not-utf-8`, `link-leaves-folder`. */
  readonly code: string;
  readonly message: string;
  /** From 1; null where it is about the whole file. */
  readonly line: number | null;
  readonly column: number | null;
}

/** Something that can be run, though it may be meant otherwise. */
export interface WorkflowWarning {
  readonly message: string;
  /** From 1; null where it is about the whole file. */
  readonly line: number | null;
  readonly column: number | null;
}

export interface WorkflowSummary {
  /** Of the metadata; where that cannot be read, the file's name without its ending. */
  readonly name: string;
  /** Empty where the file is broken; so for `phases`, and null for `dialect`. */
  readonly description: string;
  readonly whenToUse: string | null;
  readonly dialect: WorkflowDialect | null;
  readonly phases: readonly WorkflowPhaseDeclaration[];
  readonly source: WorkflowSource;
  /** Why it cannot be run; null where it can. */
  readonly error: WorkflowProblem | null;
  readonly warnings: readonly WorkflowWarning[];
  /** Farther places that have a workflow of this name, nearest first: this one is run instead of them. */
  readonly shadows: readonly WorkflowSource[];
}

export interface WorkflowDocument extends WorkflowSummary {
  /** The text; null where the file could not be read as text. So for `hash`. */
  readonly script: string | null;
  /** SHA-256 of the text, hexadecimal. */
  readonly hash: string | null;
  /** Every key of the metadata as it stands in the file; null where it cannot be read. */
  readonly meta: JsonObject | null;
}

/** Something about a folder or a file that keeps it from being read as a workflow. */
export interface WorkflowFolderWarning {
  readonly path: string;
  readonly message: string;
}

export interface WorkflowList {
  /** In the order of their names; of those with one name, the one that is run comes first. */
  readonly items: readonly WorkflowSummary[];
  /** What is wrong with the folders themselves. */
  readonly warnings: readonly WorkflowFolderWarning[];
}

export interface WorkflowCheck {
  readonly valid: boolean;
  readonly error: WorkflowProblem | null;
  readonly warnings: readonly WorkflowWarning[];
  /** Every key of the metadata as it stands in the text; null where it is not valid. So for `dialect`. */
  readonly meta: JsonObject | null;
  readonly dialect: WorkflowDialect | null;
}

export interface WorkflowCacheReport {
  /** One for each call, in the order of the calls. */
  readonly items: readonly WorkflowCacheItem[];
  readonly hitCount: number;
  readonly missCount: number;
}

const source = object({ kind: picklist(["project", "home", "built-in"]), path: nullable(string()) });
const place = { line: nullable(SeqSchema), column: nullable(SeqSchema) };
const problem = nullable(object({ code: string(), message: string(), ...place }));
const warnings = listOf(object({ message: string(), ...place }));
const dialect = nullable(picklist(["script", "object"]));

const PhaseDeclarationSchema: GenericSchema<WorkflowPhaseDeclaration> =
  agreesWith<WorkflowPhaseDeclaration>()(
    object({ title: string(), detail: exactOptional(string()), model: exactOptional(string()) }),
  );

const summary = {
  name: string(),
  description: string(),
  whenToUse: nullable(string()),
  dialect,
  phases: listOf(PhaseDeclarationSchema),
  source,
  error: problem,
  warnings,
  shadows: listOf(source),
};

export const WorkflowSummarySchema: GenericSchema<WorkflowSummary> = agreesWith<WorkflowSummary>()(
  object(summary),
);

export const WorkflowListSchema: GenericSchema<WorkflowList> = agreesWith<WorkflowList>()(
  object({
    items: listOf(WorkflowSummarySchema),
    warnings: listOf(object({ path: string(), message: string() })),
  }),
);

export const WorkflowDocumentSchema: GenericSchema<WorkflowDocument> = agreesWith<WorkflowDocument>()(
  object({
    ...summary,
    script: nullable(string()),
    hash: nullable(string()),
    meta: nullable(JsonObjectSchema),
  }),
);

export const WorkflowCheckSchema: GenericSchema<WorkflowCheck> = agreesWith<WorkflowCheck>()(
  object({ valid: boolean(), error: problem, warnings, meta: nullable(JsonObjectSchema), dialect }),
);

const call = { callIndex: CountSchema, label: string(), phase: nullable(string()) };

export const WorkflowAgentStateSchema: GenericSchema<WorkflowAgentState> = agreesWith<WorkflowAgentState>()(
  picklist(["queued", "running", "done", "cached", "partial", "null", "failed", "stopped"]),
);

const WorkflowAgentSchema: GenericSchema<WorkflowAgentView> = agreesWith<WorkflowAgentView>()(
  object({
    ...call,
    state: WorkflowAgentStateSchema,
    prompt: nullable(string()),
    agent: nullable(string()),
    model: nullable(string()),
    childRunId: nullable(IdSchema),
    conversationId: nullable(IdSchema),
    startedAtMs: nullable(MillisecondsSchema),
    durationMs: nullable(MillisecondsSchema),
    usage: nullable(UsageSchema),
    triesAgain: CountSchema,
    error: nullable(object({ code: string(), message: string() })),
  }),
);

const WorkflowCacheItemSchema: GenericSchema<WorkflowCacheItem> = agreesWith<WorkflowCacheItem>()(
  object({
    ...call,
    key: string(),
    outcome: picklist(["hit", "miss"]),
    reason: union([CacheHitReasonSchema, CacheMissReasonSchema]),
    fromRunId: nullable(IdSchema),
  }),
);

export const WorkflowCacheReportSchema: GenericSchema<WorkflowCacheReport> =
  agreesWith<WorkflowCacheReport>()(
    object({ items: listOf(WorkflowCacheItemSchema), hitCount: CountSchema, missCount: CountSchema }),
  );

const WorkflowApprovalSchema: GenericSchema<WorkflowApproval> = agreesWith<WorkflowApproval>()(
  object({
    callIndex: CountSchema,
    approvalId: IdSchema,
    question: string(),
    default: exactOptional(JsonValueSchema),
    expiresAtMs: MillisecondsSchema,
  }),
);

const WorkflowLogLineSchema: GenericSchema<WorkflowLogLine> = agreesWith<WorkflowLogLine>()(
  object({
    source: picklist(["script", "engine"]),
    level: picklist(["info", "warn", "error"]),
    text: string(),
    seq: SeqSchema,
    atMs: MillisecondsSchema,
  }),
);

export const WorkflowStatusSchema: GenericSchema<WorkflowStatus> = agreesWith<WorkflowStatus>()(
  object({
    run: RunSchema,
    name: nullable(string()),
    description: nullable(string()),
    scriptHash: nullable(string()),
    dry: boolean(),
    resumeOf: nullable(IdSchema),
    phase: nullable(string()),
    phases: listOf(
      object({
        title: nullable(string()),
        detail: nullable(string()),
        agents: listOf(WorkflowAgentSchema),
      }),
    ),
    counts: object({
      queued: CountSchema,
      running: CountSchema,
      done: CountSchema,
      cached: CountSchema,
      partial: CountSchema,
      null: CountSchema,
      failed: CountSchema,
      stopped: CountSchema,
    }),
    budget: RunSpendingSchema,
    approvals: listOf(WorkflowApprovalSchema),
    log: listOf(WorkflowLogLineSchema),
    result: JsonValueSchema,
    error: nullable(
      object({
        code: string(),
        message: string(),
        line: exactOptional(number()),
        column: exactOptional(number()),
      }),
    ),
  }),
);
