// Reads a store through, in a helper process, so that a file that ends its reader is a finding and not an end.
import type { Walk } from "../core/walk-report.ts";
import { StateCareError } from "../state-care-error.ts";
import { type CareEnd, type CareOptions, runCare } from "./run-care.ts";

export interface VerifyOptions extends CareOptions {
  /** Refuse where another process has the store open. */
  readonly alone: boolean;
}

/** Settles when everything was read. Throws StateCareError where it could not be. */
export async function verifyStore(folder: string, { alone, ...options }: VerifyOptions): Promise<Walk> {
  const end = await runCare({ kind: "walk", folder, alone }, options);
  if (end.kind === "walked") return end.walk;
  if (end.kind !== "crashed") throw careErrorOf(end);
  const problem = `Reading it ended the process (${end.signal}). Restore a backup.`;
  return {
    rowCount: 0,
    blobCount: 0,
    valueBytes: 0,
    findingCount: 1,
    findings: [{ where: "the file", problem }],
    digest: 0,
  };
}

export function careErrorOf(end: CareEnd): StateCareError {
  if (end.kind === "no-space") return new StateCareError("no-space", end.message);
  if (end.kind === "failed") return new StateCareError("state-care-failed", end.message);
  if (end.kind === "aborted") return new StateCareError("aborted", "It was stopped.");
  const how = end.kind === "crashed" ? ` (${end.signal})` : "";
  return new StateCareError(
    "state-care-failed",
    `The helper process ended before its work${how}. Look at the store with: lathe state verify`,
  );
}

/** Throws where a walk found damage: no copy is made of it under the name of a good one. */
export function refuseDamage({ findingCount, findings }: Walk): void {
  if (findingCount === 0) return;
  const first = findings.map(({ where, problem }) => `${where}: ${problem}`)[0];
  throw new StateCareError(
    "state-care-failed",
    `The store is damaged (${findingCount} findings), so that a copy would be too. The first: ${first} ` +
      "Restore an earlier backup; to keep what is there, stop the daemon and copy its state folder.",
  );
}
