import type { WorkflowEvent } from "@lathe/kernel";
import type { JournalCall } from "../run/journal.ts";
import type { Worktrees } from "./worktrees.ts";

/** The agent of this call is over: its worktree goes, or stays with what was changed in it, and is named. */
export async function releaseWorktree(
  { worktree }: Pick<JournalCall, "worktree">,
  { runId, label }: { readonly runId: string; readonly label: string },
  worktrees: Pick<Worktrees, "release">,
): Promise<readonly WorkflowEvent[]> {
  if (worktree === null || (await worktrees.release(worktree))) return [];
  const text = `${label} has changed files; they are kept in the worktree ${worktree.path}`;
  return [{ type: "log", runId, source: "engine", level: "info", text }];
}
