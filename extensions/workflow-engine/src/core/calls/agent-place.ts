// Where an agent works: a conversation of its own and, where it asks for one, a git worktree.
//
// Both are planned first, and recorded with the call in one commit, so that no crash leaves one behind that nobody knows of.
// The conversation begins with that commit; the worktree is made after it, and before anybody works in it.
import type { Conversations, FailpointsPower, IdsPower, PreparedChanges, Runs } from "@lathe/kernel";
import type { SpendingPlan } from "../budget/spending-plan.ts";
import type { JournalCall } from "../run/journal.ts";
import type { AgentAsked, AgentCallPlan } from "./agent-call-plan.ts";
import type { Worktrees } from "./worktrees.ts";

export interface AgentPlaceDesk {
  readonly ids: IdsPower;
  readonly conversations: Pick<Conversations, "prepare">;
  readonly worktrees: Worktrees;
  readonly runs: Pick<Runs, "get">;
  readonly failpoint: FailpointsPower;
}

/** What the journal is to say of it, and the beginning of its conversation, which is still to be committed. */
export interface PlannedPlace {
  readonly row: Pick<JournalCall, "childRunId" | "conversationId" | "worktree" | "spends">;
  readonly changes: PreparedChanges;
}

const titleLength = 200;

export async function planPlace(
  { run, options, label }: AgentCallPlan,
  { agent }: AgentAsked,
  spends: SpendingPlan,
  desk: AgentPlaceDesk,
): Promise<PlannedPlace> {
  const childRunId = desk.ids.newId("run");
  const worktree = options.inWorktree ? await desk.worktrees.plan(run.cwd, childRunId) : null;
  const { conversation, changes } = desk.conversations.prepare({
    ...{ owner: run.owner, title: `${run.name}: ${label}`.slice(0, titleLength).toWellFormed() },
    ...{ agent: agent.name, model: agent.model, cwd: worktree?.cwd ?? run.cwd },
    ...{ parentRunId: run.runId, overrides: options.overrides },
  });
  return { row: { childRunId, conversationId: conversation.id, worktree, spends }, changes };
}

/** Makes the worktree of a call whose agent has not begun; where there is one to make. */
export async function makeWorktree(
  { worktree, turn }: Pick<JournalCall, "worktree" | "turn">,
  childRunId: string,
  { worktrees, runs, failpoint }: AgentPlaceDesk,
): Promise<void> {
  if (worktree === null || turn !== null || (await runs.get(childRunId)) !== undefined) return;
  failpoint("workflow-worktree-is-planned");
  await worktrees.make(worktree);
  failpoint("workflow-worktree-is-made");
}
