// What can be asked of workflows, and of runs of them besides what can be asked of every run.
import type { JsonValue } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, declareOperation } from "../operation.ts";
import { CountSchema, JsonValueSchema } from "../schemas/values.ts";
import {
  type WorkflowCacheReport,
  WorkflowCacheReportSchema,
  type WorkflowCheck,
  WorkflowCheckSchema,
  type WorkflowDocument,
  WorkflowDocumentSchema,
  type WorkflowList,
  WorkflowListSchema,
  WorkflowStatusSchema,
} from "../schemas/workflows.ts";
import type { WorkflowStatus } from "../view/workflow-view.ts";
import { AbsolutePathSchema, NameSchema } from "./inputs.ts";

/** In which folder's eyes: its own workflows and those above it come before those of the home. */
export interface WorkflowScope {
  /** Absolute; where absent, there are those of the home and the built-in ones. */
  readonly cwd?: string | undefined;
}

export const workflowsList: Declared<WorkflowScope, WorkflowList> = declareOperation({
  name: "workflows.list",
  summary: "Lists the workflows that a folder sees, broken ones with what is wrong. Nothing of them is run.",
  scope: "read",
  rest: { method: "GET", path: "/api/workflows", status: 200 },
  input: v.strictObject({ cwd: v.optional(AbsolutePathSchema) }),
  output: WorkflowListSchema,
  problems: ["no-folder"],
});

export const workflowsReload: Declared<WorkflowScope, WorkflowList> = declareOperation({
  name: "workflows.reload",
  summary: "Forgets what was read of workflow files, reads them again, and answers as workflows.list.",
  scope: "write",
  rest: { method: "POST", path: "/api/workflows/reload", status: 200 },
  input: v.strictObject({ cwd: v.optional(AbsolutePathSchema) }),
  output: WorkflowListSchema,
  problems: ["no-folder"],
});

export interface WorkflowQuery extends WorkflowScope {
  readonly name: string;
}

export const workflowsGet: Declared<WorkflowQuery, WorkflowDocument> = declareOperation({
  name: "workflows.get",
  summary: "Shows one workflow with its text, also one that is broken.",
  scope: "read",
  rest: { method: "GET", path: "/api/workflows/:name", status: 200 },
  input: v.strictObject({ name: NameSchema, cwd: v.optional(AbsolutePathSchema) }),
  output: WorkflowDocumentSchema,
  problems: ["unknown-workflow", "no-folder"],
});

/** Either `workflow` or `script`. */
export interface WorkflowCheckInput extends WorkflowScope {
  /** The name of one that is found. */
  readonly workflow?: string | undefined;
  /** The text of one. */
  readonly script?: string | undefined;
  /** What the text is called in messages, for example its file's name. */
  readonly name?: string | undefined;
}

export const workflowsCheck: Declared<WorkflowCheckInput, WorkflowCheck> = declareOperation({
  name: "workflows.check",
  summary: "Says whether a workflow can be run, and what is wrong. Nothing of it is run.",
  scope: "read",
  rest: { method: "POST", path: "/api/workflows/check", status: 200 },
  input: v.pipe(
    v.strictObject({
      workflow: v.optional(NameSchema),
      script: v.optional(v.string()),
      name: v.optional(NameSchema),
      cwd: v.optional(AbsolutePathSchema),
    }),
    v.check(
      ({ workflow, script }) => (workflow === undefined) !== (script === undefined),
      "Give either the name of a workflow, as `workflow`, or its text, as `script`.",
    ),
  ),
  output: WorkflowCheckSchema,
  problems: ["unknown-workflow", "no-folder"],
});

export const workflowsStatus: Declared<{ readonly id: string }, WorkflowStatus> = declareOperation({
  name: "workflows.status",
  summary:
    "Shows how a run of a workflow is doing: its phases with their agents, what it spent, what it waits for.",
  scope: "read",
  rest: { method: "GET", path: "/api/runs/:id/workflow", status: 200 },
  input: v.strictObject({ id: NameSchema }),
  output: WorkflowStatusSchema,
  problems: ["unknown-run", "forbidden", "not-a-workflow-run"],
});

export const workflowsCache: Declared<{ readonly id: string }, WorkflowCacheReport> = declareOperation({
  name: "workflows.cache",
  summary: "Shows for each call of a run why it was answered from what is stored, or was not.",
  scope: "read",
  rest: { method: "GET", path: "/api/runs/:id/cache", status: 200 },
  input: v.strictObject({ id: NameSchema }),
  output: WorkflowCacheReportSchema,
  problems: ["unknown-run", "forbidden", "not-a-workflow-run"],
});

export interface ClearCacheInput {
  /** Name of a workflow; absent = those of all. */
  readonly workflow?: string | undefined;
}

export const workflowsClearCache: Declared<ClearCacheInput, { readonly removedCount: number }> =
  declareOperation({
    name: "workflows.clearCache",
    summary: "Removes the caller's stored answers, so that the agents are asked again.",
    scope: "write",
    rest: { method: "DELETE", path: "/api/workflows/cache", status: 200 },
    input: v.strictObject({ workflow: v.optional(NameSchema) }),
    output: v.object({ removedCount: CountSchema }),
    problems: [],
  });

export interface ApproveInput {
  /** The run's. */
  readonly id: string;
  readonly approvalId: string;
  readonly answer: JsonValue;
}

export const workflowsApprove: Declared<ApproveInput, null> = declareOperation({
  name: "workflows.approve",
  summary: "Answers a question that a run of a workflow waits with. The first answer counts.",
  scope: "write",
  rest: { method: "POST", path: "/api/runs/:id/approvals/:approvalId", status: 204 },
  input: v.strictObject({ id: NameSchema, approvalId: NameSchema, answer: JsonValueSchema }),
  output: v.null(),
  problems: [
    "unknown-run",
    "forbidden",
    "not-a-workflow-run",
    "unknown-approval",
    "approval-answered",
    "answer-not-recorded",
  ],
});
