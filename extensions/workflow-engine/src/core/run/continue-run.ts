// Takes up a run that no execution of this process has: what an earlier one, here or in another daemon, has left of it.
import type { ScriptCompiler } from "@lathe/workflow-sandbox";
import { type EndCutOffDesk, endCutOff } from "./end-cut-off.ts";
import type { ExecutionPlan } from "./execution-plan.ts";
import { readJournal, readResumed } from "./journal.ts";
import { compileStored, readPast } from "./run-past.ts";
import type { ScriptTexts } from "./script-texts.ts";
import type { StoredRun } from "./stored-run.ts";

export interface ContinueRunDesk extends EndCutOffDesk {
  readonly compiler: ScriptCompiler;
  readonly texts: ScriptTexts;
}

/**
 * Settles with what its execution goes on from, when the log says that it goes on. With undefined where it is over, or is
 * ended here since it was asked to stop. Throws CallFailure where its script cannot be run any more, and what the store
 * throws.
 */
export async function continueRun(
  stored: StoredRun,
  desk: ContinueRunDesk,
): Promise<ExecutionPlan | undefined> {
  const { runId } = stored;
  const { runs, storage, logs, teams } = desk;
  if ((await runs.get(runId))?.endedAtMs !== null) return undefined;
  if (await runs.wasAskedToStop(runId)) {
    await endCutOff(stored, { status: "stopped", error: null }, desk);
    return undefined;
  }
  const script = await compileStored(stored, desk);
  const team = await teams.of(stored);
  const journal = await readJournal(storage, runId);
  const resumed = await readResumed(storage, stored.resumeOf);
  const past = await readPast(runId, logs);
  const log = await logs.open(runId);
  await log.append([{ type: "workflow-continued", runId }]);
  desk.failpoint("workflow-is-continued");
  return { run: stored, script, log, team, journal, resumed, ...past };
}
