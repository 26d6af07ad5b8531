// What happens in a run of a workflow, as clients see it. All of it is durable: an event becomes an entry of the run's
// own log and is shown only after its commit, with the `seq` that the commit gave it.
import type { JsonValue } from "./json.ts";
import type { Usage } from "./usage.ts";

interface InWorkflow {
  readonly runId: string;
}

interface InWorkflowCall extends InWorkflow {
  /** Counts the calls of one run from 0, in the order in which the script made them. */
  readonly callIndex: number;
}

export type WorkflowStart = InWorkflow & {
  readonly type: "workflow-start";
  readonly name: string;
  readonly description: string;
  readonly dialect: WorkflowDialect;
  /** SHA-256 of the script's source, hexadecimal: the run stays with this text, whatever becomes of the file. */
  readonly scriptHash: string;
  readonly phases: readonly WorkflowPhaseDeclaration[];
  /** Absent where the caller gave none. */
  readonly args?: JsonValue;
  readonly budget: BudgetLimits;
  /** Agents are answered with made-up values, and nothing is spent. */
  readonly dry: boolean;
  /** The run whose finished agents count as this one's; null = none. */
  readonly resumeOf: string | null;
};

/** `script`: `export const meta` and a body. `object`: `export const workflow = { name, description, run }`. */
export type WorkflowDialect = "script" | "object";

export interface WorkflowPhaseDeclaration {
  readonly title: string;
  readonly detail?: string;
  readonly model?: string;
}

/** What a run may use; null = as much as it wants. */
export interface BudgetLimits {
  /** Input and output tokens together. */
  readonly tokens: number | null;
  /** Only what has a known price counts. */
  readonly usd: number | null;
}

/** The daemon goes on with a run that it, or an earlier one, was cut off from. */
export type WorkflowContinued = InWorkflow & { readonly type: "workflow-continued" };

export type WorkflowPhase = InWorkflow & { readonly type: "phase"; readonly title: string };

export type WorkflowLog = InWorkflow & {
  readonly type: "log";
  /** Who says it: the script, or the engine about the script. */
  readonly source: "script" | "engine";
  readonly level: "info" | "warn" | "error";
  readonly text: string;
};

export type AgentStart = InWorkflowCall & {
  readonly type: "agent-start";
  readonly label: string;
  readonly phase: string | null;
  /** The beginning of what it is asked, at most 2,000 UTF-16 units. */
  readonly prompt: string;
  readonly agent: string;
  /** `provider/model`; null = a nested workflow, or a dry run. */
  readonly model: string | null;
  /** The run that does the work, and the conversation that it writes to; null in a dry run. */
  readonly childRunId: string | null;
  readonly conversationId: string | null;
};

export type AgentFinish = InWorkflowCall & {
  readonly type: "agent-finish";
  readonly label: string;
  readonly phase: string | null;
  /** `null`: the script was given null. `partial`: the budget ended, and this is what there was by then. */
  readonly outcome: "ok" | "partial" | "null" | "error" | "stopped";
  /** Why it is no plain success; absent where it is. Safe to show. */
  readonly error?: { readonly code: string; readonly message: string };
  /** What it used, its own children included; null = nothing is known. */
  readonly usage: Usage | null;
  readonly durationMs: number;
  readonly childRunId: string | null;
  readonly conversationId: string | null;
  /** How often the model was asked to mend an answer that did not fit the schema. */
  readonly triesAgain: number;
};

/** The call was answered from what is stored; nothing ran. */
export type CacheHit = InWorkflowCall & {
  readonly type: "cache-hit";
  readonly label: string;
  readonly phase: string | null;
  /** SHA-256 of everything that decides the answer, hexadecimal. */
  readonly key: string;
  /** `this-run`: it was finished before the run was cut off. `resumed-run`: in the run that this one resumes. */
  readonly reason: "this-run" | "resumed-run" | "other-run";
  /** The run that it comes from. */
  readonly fromRunId: string;
};

export type CacheMiss = InWorkflowCall & {
  readonly type: "cache-miss";
  readonly label: string;
  readonly phase: string | null;
  readonly key: string;
  readonly reason: CacheMissReason;
};

export type CacheMissReason =
  /** Nothing is stored under this key, nor under one like it. */
  | "first"
  /** The same call site and label were answered before, and this of it has changed since. */
  | "prompt-changed"
  | "model-changed"
  | "agent-changed"
  | "schema-changed"
  | "options-changed"
  /** Files of the folder, which the agent may read, are not as they were. */
  | "files-changed"
  /** There is an answer of another run, but the agent can change things, and so it must run again. */
  | "may-write"
  /** It was begun and had not finished, or had failed: only whole answers are kept. */
  | "not-finished"
  /** What is stored is not what was written. */
  | "damaged"
  /** The caller asked for fresh answers, or the call runs in a worktree of its own. */
  | "not-cached";

export type ApprovalAsked = InWorkflowCall & {
  readonly type: "approval-asked";
  readonly approvalId: string;
  readonly question: string;
  /** What is taken where nobody answers in time; absent = the call fails then. */
  readonly default?: JsonValue;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
};

export type ApprovalAnswered = InWorkflowCall & {
  readonly type: "approval-answered";
  readonly approvalId: string;
  /** Absent where nobody answered in time and there is no default: the call has failed. */
  readonly answer?: JsonValue;
  /** Id of the principal who answered; null = nobody did. */
  readonly by: string | null;
};

/** What the run, with all that it started, has used so far. */
export type WorkflowBudget = InWorkflow & {
  readonly type: "budget";
  readonly spentTokens: number;
  /** Of the calls whose price is known. */
  readonly spentUsd: number;
  readonly limits: BudgetLimits;
  /** `warning`: much of it is used, or much is about to be. `exhausted`: no agent starts any more. */
  readonly kind: "spent" | "warning" | "exhausted";
};

export type WorkflowFinish = InWorkflow & {
  readonly type: "workflow-finish";
  readonly status: "succeeded" | "failed" | "stopped";
  /** What the script returned. */
  readonly result: JsonValue;
  readonly error: WorkflowFailure | null;
  readonly usage: Usage;
  readonly agentCount: number;
  readonly cacheHitCount: number;
  readonly durationMs: number;
};

/** Safe to show. */
export interface WorkflowFailure {
  /** For example `over-budget`, `script-error`, `script-parse-error`, `out-of-memory`, `cpu-limit`, `never-ends`. */
  readonly code: string;
  readonly message: string;
  /** Where in the user's file, from 1; absent where it is no place of the script. */
  readonly line?: number;
  readonly column?: number;
}

export type WorkflowEvent =
  | WorkflowStart
  | WorkflowContinued
  | WorkflowPhase
  | WorkflowLog
  | AgentStart
  | AgentFinish
  | CacheHit
  | CacheMiss
  | ApprovalAsked
  | ApprovalAnswered
  | WorkflowBudget
  | WorkflowFinish;

/** One row of a workflow run's log. */
export type WorkflowEntry<Event extends WorkflowEvent = WorkflowEvent> = Event extends WorkflowEvent
  ? Event & {
      /** 1, 2, 3 ... within the run, without a gap. */
      readonly seq: number;
      /** Milliseconds since 1970. */
      readonly atMs: number;
    }
  : never;
