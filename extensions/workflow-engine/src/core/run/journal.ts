// The calls of one run that have been begun or answered, so that the run can go on in another process.
import type { Changes, JsonValue, Storage, Usage } from "@lathe/kernel";
import type { GuestAnswer, GuestCall } from "@lathe/workflow-sandbox";
import type { SpendingPlan } from "../budget/spending-plan.ts";
import type { PlannedWorktree } from "../calls/worktrees.ts";
import { callKey, callPrefix } from "../log/keys.ts";

/** One call. Rows are found by the call's words, since its index may be another one in the next process. */
export interface JournalCall {
  readonly wordsKey: string;
  readonly kind: GuestCall["kind"];
  readonly state: "started" | "finished";
  /** Counts the answers of the run from 0, in the order in which the script got them; null while there is none. */
  readonly order: number | null;
  readonly answer: GuestAnswer | null;
  /** The script's time when it asked, and when it got the answer; null while it has none. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number | null;
  /** A run that resumes this one takes the answer as its own. */
  readonly reusable: boolean;
  /** The run that does the work, and its conversation. */
  readonly childRunId: string | null;
  readonly conversationId: string | null;
  /** What the agent is asked in that run; null = the prompt of the call. */
  readonly turn: AgentTurn | null;
  /** How often in a row a crash has ended its turn before anything was completed in it. */
  readonly goneOnCount: number;
  /** Null where it spends nothing. */
  readonly spends: SpendingPlan | null;
  /** How often the answer had to be asked for again. */
  readonly triesAgain: number;
  /** Where the agent is given a worktree of its own; it is made after that is recorded. */
  readonly worktree: PlannedWorktree | null;
  /** Where the call waits for somebody's answer. */
  readonly approval: StoredApproval | null;
  /** Of everything that the call has used in turns that are over. */
  readonly usage: Usage | null;
  /** What that cost, as far as prices are known. */
  readonly usd: number;
}

/** A turn of an agent after its first. */
export interface AgentTurn {
  readonly kind: "again" | "go-on" | "last-words";
  readonly text: string;
}

export interface StoredApproval {
  readonly approvalId: string;
  readonly question: string;
  readonly hasDefault: boolean;
  readonly default: JsonValue;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

const nothingKnown: Omit<JournalCall, "kind" | "wordsKey" | "askedAtMs"> = {
  state: "started",
  order: null,
  answer: null,
  answeredAtMs: null,
  reusable: false,
  childRunId: null,
  conversationId: null,
  turn: null,
  goneOnCount: 0,
  spends: null,
  triesAgain: 0,
  worktree: null,
  approval: null,
  usage: null,
  usd: 0,
};

const pageSize = 500;

export function newCall(kind: GuestCall["kind"], wordsKey: string, askedAtMs: number): JournalCall {
  return { ...nothingKnown, kind, wordsKey, askedAtMs };
}

export async function readJournal(
  storage: Pick<Storage, "list">,
  runId: string,
): Promise<ReadonlyMap<string, JournalCall>> {
  const calls = new Map<string, JournalCall>();
  for (let after = callPrefix(runId); ; ) {
    const isFirst = after.length === 2;
    const rows = await storage.list({
      prefix: callPrefix(runId),
      limit: pageSize,
      ...(isFirst ? {} : { after }),
    });
    for (const { value } of rows) {
      const call = value as unknown as JournalCall;
      calls.set(call.wordsKey, call);
    }
    const last = rows.at(-1);
    if (rows.length < pageSize || last === undefined) return calls;
    after = last.key;
  }
}

/** Of the run that another one resumes; empty where there is none. */
export async function readResumed(
  storage: Pick<Storage, "list">,
  resumeOf: string | null,
): Promise<ReadonlyMap<string, JournalCall>> {
  return resumeOf === null ? new Map() : readJournal(storage, resumeOf);
}

export function putCall(runId: string, call: JournalCall): NonNullable<Changes["puts"]>[number] {
  return { key: callKey(runId, call.wordsKey), value: call as unknown as JsonValue };
}
