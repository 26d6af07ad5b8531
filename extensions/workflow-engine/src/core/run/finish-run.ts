// The end of a run whose script has ended: what is said of it, and the commit after which it is over.
import type { JsonValue, RunEnding, WorkflowFailure, WorkflowFinish } from "@lathe/kernel";
import type { GuestEnding } from "@lathe/workflow-sandbox";
import { sumUsage } from "../budget/sum-usage.ts";
import type { ExecutionDesk } from "./execution-desk.ts";
import type { ExecutionPlan } from "./execution-plan.ts";
import type { RunRecord } from "./run-record.ts";

export interface Verdict {
  readonly status: "succeeded" | "failed" | "stopped";
  readonly result: JsonValue;
  readonly error: WorkflowFailure | null;
}

/** What the way in which a script has ended says of its run. */
export function verdictOn(ending: GuestEnding, isStopping: boolean): Verdict {
  if (isStopping || ending.kind === "aborted") return { status: "stopped", result: null, error: null };
  if (ending.kind === "returned") return { status: "succeeded", result: ending.value ?? null, error: null };
  const { errorName, ...failure } = ending.failure;
  const code = errorName === "BudgetExceededError" ? "over-budget" : failure.code;
  return { status: "failed", result: null, error: { ...failure, code } };
}

/**
 * Settles when the end is durable; called when everything that the script has started has ended. The last entry of the log
 * and the end of the row in the registry are one commit. Throws what the store throws.
 *
 * @param verdict without secrets
 */
export async function finishRun(
  { status, result, error }: Verdict,
  { run, log, team }: ExecutionPlan,
  record: RunRecord,
  desk: Pick<ExecutionDesk, "runs" | "clock" | "failpoint">,
): Promise<void> {
  const { runId } = run;
  const usage = sumUsage(record.calls().map((call) => call.usage));
  await record.settled();
  const shownError = error === null ? null : { code: error.code, message: error.message };
  const budget = team.spendingOf(run);
  const spent = budget === undefined ? {} : { budget };
  const ending: RunEnding = { status, usage, ...spent, result, lastSeq: log.nextSeq, error: shownError };
  const ended = await desk.runs.end(runId, ending);
  const event: WorkflowFinish = {
    ...{ type: "workflow-finish", runId, status, result, error, usage },
    ...{ agentCount: team.agentCount, cacheHitCount: record.hitCount },
    durationMs: Math.max(0, desk.clock.nowMs() - run.startedAtMs),
  };
  desk.failpoint("before-workflow-is-finished");
  await log.append([event], ended === undefined ? {} : { joined: [ended] });
  desk.failpoint("workflow-is-finished");
}
