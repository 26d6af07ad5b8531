// The beginning of a run: the one commit from which on it is there.
//
// The commit holds all of it: the first entry of the log, what the run goes on with after a crash, that it uses the text of
// its script, its row in the registry, and what whoever asked for it has joined. What can fail is read before.
import {
  AppendConflictError,
  type BudgetLimits,
  type ClockPower,
  type FailpointsPower,
  type JsonValue,
  type PreparedChanges,
  type Runs,
  type Storage,
  type WorkflowStart,
} from "@lathe/kernel";
import type { CompiledScript } from "@lathe/workflow-sandbox";
import { runKey, scriptUseKey } from "../log/keys.ts";
import { RunLogConflictError } from "../log/run-log.ts";
import type { RunLogs } from "../log/run-logs.ts";
import type { ExecutionPlan } from "./execution-plan.ts";
import { readResumed } from "./journal.ts";
import type { RunnableScript } from "./runnable-script.ts";
import type { ScriptTexts } from "./script-texts.ts";
import type { CacheUse, StoredRun } from "./stored-run.ts";
import type { Team } from "./team.ts";

/** A run that is to be begun. */
export interface NewWorkflowRun {
  readonly runId: string;
  readonly owner: string;
  /** The run that started it, of whatever kind. */
  readonly parentRunId: string | null;
  readonly found: RunnableScript;
  readonly cwd: string;
  readonly args: JsonValue | undefined;
  readonly budget: BudgetLimits;
  readonly dry: boolean;
  readonly cache: CacheUse;
  readonly resumeOf: string | null;
  readonly joined: readonly PreparedChanges[];
}

/** Among which other runs it begins. */
export interface RunPlace {
  readonly team: Team;
  /** The workflow run that it is nested in; null = it stands alone. */
  readonly nestedIn: string | null;
}

export interface BeginRunDesk {
  readonly storage: Pick<Storage, "list">;
  readonly runs: Pick<Runs, "begin">;
  readonly logs: RunLogs;
  readonly texts: ScriptTexts;
  readonly clock: ClockPower;
  readonly failpoint: FailpointsPower;
}

const titleLengthMax = 200;

/**
 * Settles with what its execution begins with, when the beginning is durable. Throws AppendConflictError, and what the store
 * throws; then there is no run.
 */
export async function beginRun(
  draft: NewWorkflowRun,
  place: RunPlace,
  desk: BeginRunDesk,
): Promise<ExecutionPlan> {
  const { runId, found } = draft;
  const stored = storedOf(draft, place.nestedIn, desk.clock.nowMs());
  // All of it before the run begins: from then on it can be stopped.
  const resumed = await readResumed(desk.storage, draft.resumeOf);
  const log = await desk.logs.open(runId);
  const joined = [newRow(draft, stored, place.team, desk.runs), ...draft.joined];
  const puts = [
    { key: runKey(runId), value: stored as unknown as JsonValue },
    { key: scriptUseKey(stored.scriptHash, runId), value: null },
  ];
  try {
    const commit = () => log.append([startEvent(stored, found.script)], { puts, joined });
    await desk.texts.keepFor(stored.scriptHash, found.source, commit);
  } catch (failure) {
    desk.logs.close(runId);
    throw failure instanceof RunLogConflictError ? new AppendConflictError(runId) : failure;
  }
  desk.failpoint("workflow-is-begun");
  const past = { journal: new Map(), said: { phaseCount: 0, logCount: 0 }, starts: new Map() };
  return { run: stored, script: found.script, log, team: place.team, resumed, ...past };
}

function storedOf(draft: NewWorkflowRun, parentId: string | null, startedAtMs: number): StoredRun {
  const { runId, owner, found, cwd, args, budget, dry, cache, resumeOf } = draft;
  const { meta, dialect, hash: scriptHash } = found.script;
  return {
    ...{ runId, owner, parentId, name: meta.name, dialect, scriptHash, cwd },
    ...{ hasArgs: args !== undefined, args: args ?? null, budget, dry, cache, resumeOf, startedAtMs },
  };
}

function newRow(
  { runId, owner, parentRunId, found }: NewWorkflowRun,
  stored: StoredRun,
  team: Team,
  runs: Pick<Runs, "begin">,
): PreparedChanges {
  const limits = team.spendingOf(stored)?.limits;
  const title = found.script.meta.name.slice(0, titleLengthMax).toWellFormed();
  return runs.begin({
    ...{ id: runId, kind: "workflow", owner, title, parentId: parentRunId, agent: null },
    ...{ conversationId: null, turnId: null, firstSeq: 1, status: "queued" as const },
    ...(limits === undefined ? {} : { budget: limits }),
  });
}

function startEvent(stored: StoredRun, { meta }: CompiledScript): WorkflowStart {
  const { runId, name, dialect, scriptHash, hasArgs, args, budget, dry, resumeOf } = stored;
  return {
    ...{ type: "workflow-start", runId, name, description: meta.description, dialect, scriptHash },
    ...{ phases: meta.phases, ...(hasArgs ? { args } : {}), budget, dry, resumeOf },
  };
}
