// What a client shows of a run of a workflow. Values only; `applyWorkflowEntry` makes the next one from the last and an
// entry.
import type {
  AgentFinish,
  ApprovalAsked,
  CacheHit,
  CacheMissReason,
  Run,
  Usage,
  WorkflowBudget,
  WorkflowFailure,
  WorkflowFinish,
  WorkflowLog,
  WorkflowStart,
} from "@lathe/kernel";

export interface WorkflowView {
  /** Position of the last entry that was folded in; what a client resumes from. */
  readonly lastSeq: number;
  /** The first entry that is missing, where one was skipped; null while nothing is. */
  readonly missedSeq: number | null;
  /** Null until the run's first entry, or where the view begins after it. */
  readonly start: Omit<WorkflowStart, "type" | "runId"> | null;
  /** The title of the phase that the script began last; null before the first. */
  readonly phase: string | null;
  /**
   * Titles in the order in which they are shown: those that the workflow declares, then others as they came; null stands
   * for agents of no phase. At most 1,000.
   */
  readonly phases: readonly (string | null)[];
  /** In the order of their calls. */
  readonly agents: readonly WorkflowAgentView[];
  /** Why each call was answered from what is stored, or was not: the last that was said of it, in the order of the calls. */
  readonly cache: readonly WorkflowCacheItem[];
  /** Those that wait for an answer, oldest first. */
  readonly approvals: readonly WorkflowApproval[];
  /** The last 100 lines, oldest first. */
  readonly log: readonly WorkflowLogLine[];
  /** What was said last of the spending; null while nothing was. */
  readonly budget: Omit<WorkflowBudget, "type" | "runId"> | null;
  /** How it ended; null while it goes on. */
  readonly finish: Omit<WorkflowFinish, "type" | "runId"> | null;
}

/**
 * `queued`: it waits for its turn. `cached`: it was answered from what is stored. `partial`: the budget ended, and the
 * script was given what there was. `null`: the script was given null. `stopped`: the run ended first.
 */
export type WorkflowAgentState =
  | "queued"
  | "running"
  | "done"
  | "cached"
  | "partial"
  | "null"
  | "failed"
  | "stopped";

export interface WorkflowAgentView {
  readonly callIndex: number;
  readonly label: string;
  readonly phase: string | null;
  readonly state: WorkflowAgentState;
  /** The beginning of what it is asked; null until it starts, and so for agent, model and startedAtMs. */
  readonly prompt: string | null;
  readonly agent: string | null;
  /** `provider/model`; null for a nested workflow and in a dry run as well. */
  readonly model: string | null;
  readonly childRunId: string | null;
  readonly conversationId: string | null;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number | null;
  /** Null until it ends, and where it was answered from what is stored. */
  readonly durationMs: number | null;
  readonly usage: Usage | null;
  /** How often the model was asked to mend an answer that did not fit the schema. */
  readonly triesAgain: number;
  readonly error: NonNullable<AgentFinish["error"]> | null;
}

export interface WorkflowCacheItem {
  readonly callIndex: number;
  readonly label: string;
  readonly phase: string | null;
  /** SHA-256 of everything that decides the answer, hexadecimal. */
  readonly key: string;
  readonly outcome: "hit" | "miss";
  readonly reason: CacheHit["reason"] | CacheMissReason;
  /** The run that the answer comes from; null with a miss. */
  readonly fromRunId: string | null;
}

export type WorkflowApproval = Omit<ApprovalAsked, "type" | "runId">;

export interface WorkflowLogLine {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Who says it: the script, or the engine about the script. */
  readonly source: WorkflowLog["source"];
  readonly level: WorkflowLog["level"];
  readonly text: string;
}

/** The agents of one phase, in the order of their calls. */
export interface WorkflowPhaseView {
  /** Null = they belong to none. */
  readonly title: string | null;
  /** What the workflow says of the phase. */
  readonly detail: string | null;
  readonly agents: readonly WorkflowAgentView[];
}

/** How a run of a workflow is doing, as one value. */
export interface WorkflowStatus {
  readonly run: Run;
  /** Null while the run has no entry yet; so for description and scriptHash. */
  readonly name: string | null;
  readonly description: string | null;
  readonly scriptHash: string | null;
  readonly dry: boolean;
  /** The run whose finished agents count as this one's; null = none. */
  readonly resumeOf: string | null;
  /** The title of the phase that the script began last; null before the first. */
  readonly phase: string | null;
  readonly phases: readonly WorkflowPhaseView[];
  /** How many agents are in each state. */
  readonly counts: Readonly<Record<WorkflowAgentState, number>>;
  readonly budget: Pick<WorkflowBudget, "limits" | "spentTokens" | "spentUsd">;
  /** Those that wait for an answer, oldest first. */
  readonly approvals: readonly WorkflowApproval[];
  /** The last 100 lines, oldest first. */
  readonly log: readonly WorkflowLogLine[];
  /** What the script returned; null while it runs. */
  readonly result: WorkflowFinish["result"];
  readonly error: WorkflowFailure | null;
}

/** The view before the first entry. */
export function startWorkflowView(): WorkflowView {
  return {
    lastSeq: 0,
    missedSeq: null,
    start: null,
    phase: null,
    phases: [],
    agents: [],
    cache: [],
    approvals: [],
    log: [],
    budget: null,
    finish: null,
  };
}

/** The agents of the view by their phases; a phase that was declared is there without agents as well. */
export function phasesOf({ start, phases, agents }: WorkflowView): readonly WorkflowPhaseView[] {
  const details = new Map(start?.phases.map(({ title, detail }) => [title, detail]));
  const groups = new Map<string | null, WorkflowAgentView[]>(phases.map((title) => [title, []]));
  for (const agent of agents) {
    const group = groups.get(agent.phase);
    if (group === undefined) groups.set(agent.phase, [agent]);
    else group.push(agent);
  }
  return [...groups].map(([title, members]) => ({
    title,
    detail: title === null ? null : (details.get(title) ?? null),
    agents: members,
  }));
}

/** How the run is doing, by its row and the view of its log. */
export function workflowStatus(run: Run, view: WorkflowView): WorkflowStatus {
  const { start, budget, finish } = view;
  const unlimited = { tokens: null, usd: null };
  return {
    run,
    name: start?.name ?? null,
    description: start?.description ?? null,
    scriptHash: start?.scriptHash ?? null,
    dry: start?.dry ?? false,
    resumeOf: start?.resumeOf ?? null,
    phase: view.phase,
    phases: phasesOf(view),
    counts: countStates(view.agents),
    budget: {
      limits: budget?.limits ?? start?.budget ?? unlimited,
      spentTokens: budget?.spentTokens ?? 0,
      spentUsd: budget?.spentUsd ?? 0,
    },
    approvals: view.approvals,
    log: view.log,
    result: finish?.result ?? null,
    // A run that was given up has no last entry; its row says why.
    error: finish === null ? run.error : finish.error,
  };
}

function countStates(agents: readonly WorkflowAgentView[]): Record<WorkflowAgentState, number> {
  const counts = {
    queued: 0,
    running: 0,
    done: 0,
    cached: 0,
    partial: 0,
    null: 0,
    failed: 0,
    stopped: 0,
  };
  for (const { state } of agents) counts[state] += 1;
  return counts;
}
