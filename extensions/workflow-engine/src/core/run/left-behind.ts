// What an earlier execution of a run has begun, and the script has not come to again when the run ends: nobody waits for it
// any more.
import type { AgentStart, Budget, Runs, Turns } from "@lathe/kernel";
import { sumUsage } from "../budget/sum-usage.ts";
import { releaseWorktree } from "../calls/release-worktree.ts";
import type { StoppedCall } from "../calls/stopped-call.ts";
import type { Worktrees } from "../calls/worktrees.ts";
import type { JournalCall } from "./journal.ts";

export interface LeftBehindDesk {
  readonly turns: Pick<Turns, "stop">;
  readonly runs: Pick<Runs, "get">;
  /** As in `AgentTaskDesk`; it may hold one for a turn that nobody has come to again. */
  readonly budgets: Map<string, Budget>;
  readonly worktrees: Pick<Worktrees, "release">;
  /** Stops a workflow by the id of its run; settles when it has. */
  stopNested(runId: string): Promise<void>;
}

/** @param start what the log holds of its beginning; undefined = nothing */
export async function stopLeftBehind(
  call: JournalCall,
  start: AgentStart | undefined,
  desk: LeftBehindDesk,
): Promise<StoppedCall | undefined> {
  const { kind, childRunId, conversationId } = call;
  if (childRunId === null || kind === "approve") return undefined;
  if (kind === "workflow") await desk.stopNested(childRunId);
  // Where the conversation is gone its turn is as well.
  else if (conversationId !== null) await desk.turns.stop(conversationId).catch(() => false);
  desk.budgets.delete(childRunId);
  const child = await desk.runs.get(childRunId);
  const usage = sumUsage([call.usage, child?.usage ?? null]);
  if (start === undefined) return { call: { ...call, usage }, events: [] };
  const { runId, callIndex, label, phase } = start;
  const about = { type: "agent-finish" as const, runId, callIndex, label, phase };
  const how = { outcome: "stopped" as const, usage, durationMs: 0, triesAgain: call.triesAgain };
  const kept = await releaseWorktree(call, { runId, label }, desk.worktrees);
  return { call: { ...call, usage }, events: [...kept, { ...about, ...how, childRunId, conversationId }] };
}
