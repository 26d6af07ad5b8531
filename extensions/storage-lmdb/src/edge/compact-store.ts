// Gives the free pages of a store back to the disk. Nobody may have it open.
import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { StateCareError } from "../state-care-error.ts";
import { syncFolder } from "./back-up-store.ts";
import { dataFile } from "./private-files.ts";
import { type CareOptions, runCare } from "./run-care.ts";
import { careErrorOf, refuseDamage, verifyStore } from "./verify-store.ts";

/** Its content goes with the next compaction, or the next start. */
const halfFolderPrefix = "compacting-";

// Whoever compacts may have no other way to make space.
const noMarks = { softFreeBytes: 0, softFreePercent: 0, hardFreeBytes: 0, hardFreePercent: 0 };

export interface Compaction {
  readonly beforeBytes: number;
  readonly afterBytes: number;
  readonly rowCount: number;
  readonly blobCount: number;
}

/**
 * Settles when the compact file has durably taken the place of the old one. Throws StateCareError; then the old file is
 * as it was. It is replaced in one step, after the new one was flushed, read, and found to hold the same.
 */
export async function compactStore(folder: string, options: CareOptions): Promise<Compaction> {
  await removeHalfCompactions(folder);
  const beforeBytes = (await sizeOf(join(folder, dataFile))) ?? 0;
  const old = await verifyStore(folder, { ...options, alone: true });
  refuseDamage(old);
  const half = await mkdtemp(join(folder, halfFolderPrefix));
  try {
    const job = { kind: "copy", folder, target: half, compact: true, alone: true, marks: noMarks } as const;
    const end = await runCare(job, options);
    if (end.kind !== "copied") throw careErrorOf(end);
    const { walk, fileBytes: afterBytes } = end.copy;
    if (walk.digest !== old.digest || walk.findingCount > 0) throw differs();
    await rename(join(half, dataFile), join(folder, dataFile));
    await syncFolder(folder);
    return { beforeBytes, afterBytes, rowCount: walk.rowCount, blobCount: walk.blobCount };
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

/** Removes what a compaction that was cut off has left. Nobody may be compacting. */
export async function removeHalfCompactions(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => []))
    if (name.startsWith(halfFolderPrefix)) await rm(join(folder, name), { recursive: true, force: true });
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.size;
}

function differs(): StateCareError {
  return new StateCareError(
    "state-care-failed",
    "The compact copy does not hold what the store holds, and was thrown away. The store is as it was.",
  );
}
