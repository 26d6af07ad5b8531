import type { JsonValue, Run, Runs, WorkflowEntry } from "@lathe/kernel";
import type { ScriptCompiler } from "@lathe/workflow-sandbox";
import type { AnswerOutcome } from "../approvals/approvals.ts";
import type { WorkflowLibrary } from "../discovery/workflow-library.ts";
import type { RunRedactor } from "../run-redactor.ts";

/** What the operations on workflows need. */
export interface LibraryOperationsDesk {
  readonly library: WorkflowLibrary;
  readonly compiler: ScriptCompiler;
  readonly redactor: RunRedactor;
}

/** What the operations on runs of workflows need. */
export interface RunOperationsDesk {
  readonly runs: Pick<Runs, "get">;
  readonly log: {
    /** Entries after a position, in order, at most `limit` (1 to 1,000). */
    entries(
      runId: string,
      page: { readonly afterSeq: number; readonly limit: number },
    ): Promise<readonly WorkflowEntry[]>;
  };
  readonly approvals: {
    /** Settles when the answer is durable. `unknown`: the run does not ask this, and never did. */
    answer(run: Run, approvalId: string, answer: JsonValue, principalId: string): Promise<AnswerOutcome>;
  };
  readonly cache: {
    /** Removes the stored answers of an owner, of one workflow or of all; how many there were. */
    clear(owner: string, workflow: string | undefined): Promise<number>;
  };
}
