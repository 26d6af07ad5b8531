// What a run, with those that are nested in it, had come to when an earlier daemon ended: its agents, and what they used.
import {
  addUsage,
  type Budget,
  type ModelName,
  noUsage,
  type Runs,
  type Snapshots,
  type Storage,
} from "@lathe/kernel";
import type { SpendingPlan } from "../budget/spending-plan.ts";
import { type JournalCall, readJournal } from "./journal.ts";
import type { Team } from "./team.ts";

export interface RecallDesk {
  readonly storage: Pick<Storage, "list">;
  readonly runs: Pick<Runs, "get">;
  readonly snapshots: Pick<Snapshots, "get">;
  /** Which budget a run's turn spends from; those of turns that are about to go on are added. */
  readonly budgets: Map<string, Budget>;
}

/** Counts each of them once. Called before any of its turns goes on. */
export async function recallTeam(runId: string, team: Team, desk: RecallDesk): Promise<void> {
  const run = await desk.runs.get(runId);
  const isOver = run !== undefined && run.endedAtMs !== null;
  for (const call of (await readJournal(desk.storage, runId)).values()) {
    if (wasLetIn(call)) team.recallAgent(call, runId);
    if (call.kind === "workflow" && call.childRunId !== null) await recallTeam(call.childRunId, team, desk);
    else if (call.spends === null) continue;
    else if (isOver || call.state === "finished") team.budget.restore(call.spends, call);
    else await recallTurn(call, call.spends, team, desk);
  }
}

/** One that was refused is no agent of the run. */
function wasLetIn({ kind, childRunId, answer }: JournalCall): boolean {
  return kind === "agent" && (childRunId !== null || answer?.kind === "value");
}

async function recallTurn(
  call: JournalCall,
  spends: SpendingPlan,
  team: Team,
  { snapshots, budgets }: RecallDesk,
): Promise<void> {
  const { childRunId, conversationId, turn: asked } = call;
  if (childRunId === null || conversationId === null) return;
  const snapshot = await snapshots.get(conversationId);
  const turn = snapshot?.turn?.runId === childRunId ? snapshot.turn : undefined;
  // An answer that was whole at the crash was paid for, although its step is not complete.
  const used = turn === undefined ? noUsage : addUsage(turn.usage, snapshot?.pending?.usage ?? noUsage);
  const plan = turn === undefined ? spends : { ...spends, model: modelNamed(turn.model) };
  const before = { usage: call.usage, usd: call.usd, used, isLastWords: asked?.kind === "last-words" };
  budgets.set(childRunId, team.budget.recover(conversationId, plan, before).turns);
}

function modelNamed(name: string): ModelName {
  const slash = name.indexOf("/");
  return { provider: name.slice(0, slash), model: name.slice(slash + 1) };
}
