import type { JsonValue, Run } from "@lathe/kernel";
import type { StoredRun } from "./stored-run.ts";
import type { Team } from "./team.ts";

/** A workflow that another one asks for. */
export interface NestedRequest {
  readonly parent: StoredRun;
  readonly team: Team;
  readonly reference: JsonValue;
  readonly args: JsonValue | undefined;
  /** The id that its run gets, or has. */
  readonly childRunId: string;
  /** The run that answered the same call in the run that is resumed; null = there is none. */
  readonly resumeOf: string | null;
}

export interface NestedRun {
  readonly runId: string;
  readonly name: string;
  /** Settles with the run when it is over; with undefined where the daemon lets go of it. Rejects where it cannot go on. */
  readonly over: Promise<Run | undefined>;
  /** Asks it to stop; settles when it has. */
  stop(): Promise<void>;
}
