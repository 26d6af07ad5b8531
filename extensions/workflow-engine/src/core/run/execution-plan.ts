import type { AgentStart } from "@lathe/kernel";
import type { CompiledScript } from "@lathe/workflow-sandbox";
import type { RunLog } from "../log/run-log.ts";
import type { JournalCall } from "./journal.ts";
import type { Said } from "./script-says.ts";
import type { StoredRun } from "./stored-run.ts";
import type { Team } from "./team.ts";

/** What an execution begins with, or goes on from. */
export interface ExecutionPlan {
  readonly run: StoredRun;
  readonly script: CompiledScript;
  readonly log: RunLog;
  readonly team: Team;
  /** What this run has recorded so far, by the words of its calls. */
  readonly journal: ReadonlyMap<string, JournalCall>;
  /** What the run that this one resumes has recorded. */
  readonly resumed: ReadonlyMap<string, JournalCall>;
  readonly said: Said;
  /** Of the calls that the log says have begun, by conversation, or by run where there is none. */
  readonly starts: ReadonlyMap<string, AgentStart>;
}
