// What a run of a workflow was begun with: enough to begin it again after a crash.
import type { BudgetLimits, JsonValue, Storage, WorkflowDialect } from "@lathe/kernel";
import { runKey } from "../log/keys.ts";

/**
 * Which answers of other runs are taken: those of agents that change nothing, none, or also those of agents that can
 * change things.
 */
export type CacheUse = "use" | "fresh" | "all";

export interface StoredRun {
  readonly runId: string;
  readonly owner: string;
  /** The workflow run that this one is nested in; null = it stands alone. */
  readonly parentId: string | null;
  readonly name: string;
  readonly dialect: WorkflowDialect;
  /** SHA-256 of the source, hexadecimal, which is the name of the blob that holds it. */
  readonly scriptHash: string;
  /** Absolute path that its agents work in. */
  readonly cwd: string;
  readonly hasArgs: boolean;
  readonly args: JsonValue;
  readonly budget: BudgetLimits;
  readonly dry: boolean;
  readonly cache: CacheUse;
  readonly resumeOf: string | null;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
}

/** Undefined where nothing is kept of the run. */
export async function readStoredRun(
  storage: Pick<Storage, "get">,
  runId: string,
): Promise<StoredRun | undefined> {
  const row = await storage.get(runKey(runId));
  return row?.value as unknown as StoredRun | undefined;
}
