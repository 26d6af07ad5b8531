// Ends runs that were cut off and that no execution goes on with: their script cannot be run any more, or somebody has asked
// them to stop.
import type { Run, WorkflowFinish } from "@lathe/kernel";
import { sumUsage } from "../budget/sum-usage.ts";
import type { RunLogs } from "../log/run-logs.ts";
import type { ExecutionDesk } from "./execution-desk.ts";
import { putCall, readJournal } from "./journal.ts";
import { stopLeftBehind } from "./left-behind.ts";
import { readPast } from "./run-past.ts";
import type { StoredRun } from "./stored-run.ts";
import type { Teams } from "./teams.ts";

export interface EndCutOffDesk extends ExecutionDesk {
  readonly logs: RunLogs;
  readonly teams: Teams;
}

/** How it ends. */
export type CutOffEnd =
  | { readonly status: "stopped"; readonly error: null }
  | { readonly status: "failed"; readonly error: { readonly code: string; readonly message: string } };

/** What its script had started is stopped, and then it is over. Nothing of the script runs. */
export async function endCutOff(run: StoredRun, how: CutOffEnd, desk: EndCutOffDesk): Promise<void> {
  try {
    await stopAndEnd(run, how, desk);
    desk.teams.forget(run.runId);
  } finally {
    desk.logs.close(run.runId);
  }
}

async function stopAndEnd(
  { runId, startedAtMs }: StoredRun,
  { status, error }: CutOffEnd,
  desk: EndCutOffDesk,
): Promise<void> {
  const journal = await readJournal(desk.storage, runId);
  const { starts } = await readPast(runId, desk.logs);
  const log = await desk.logs.open(runId);
  const calls = new Map(journal);
  for (const call of journal.values()) {
    if (call.state !== "started") continue;
    const stopped = await stopLeftBehind(
      call,
      starts.get(call.conversationId ?? call.childRunId ?? ""),
      desk,
    );
    if (stopped === undefined) continue;
    calls.set(call.wordsKey, stopped.call);
    await log.append(stopped.events, { puts: [putCall(runId, stopped.call)] });
  }
  const usage = sumUsage([...calls.values()].map((call) => call.usage));
  const ending = { status, usage, result: null, error: desk.redactor.value(error) };
  const ended = await desk.runs.end(runId, { ...ending, lastSeq: log.nextSeq });
  const event: WorkflowFinish = {
    ...{ type: "workflow-finish", runId, ...ending },
    ...{ agentCount: starts.size, cacheHitCount: 0 },
    durationMs: Math.max(0, desk.clock.nowMs() - startedAtMs),
  };
  await log.append([event], ended === undefined ? {} : { joined: [ended] });
}

/** The registry knows a run of which nothing is kept here. */
export async function endUnknown(
  run: Run,
  { runs, storage }: Pick<ExecutionDesk, "runs" | "storage">,
): Promise<void> {
  const error = { code: "run-lost", message: "Nothing is kept of this run that it could be gone on with." };
  const ending = { status: "interrupted" as const, usage: null, result: null, error };
  const ended = await runs.end(run.id, ending);
  if (ended !== undefined) await storage.commit({}, ended);
}
