// The care of a store that no daemon has open, for the command line. Whoever calls holds the lock of the state folder.

import type { Walk } from "./core/walk-report.ts";
import { backUpStore } from "./edge/back-up-store.ts";
import type { Copy } from "./edge/care-jobs.ts";
import type { CareOptions } from "./edge/run-care.ts";
import { verifyStore } from "./edge/verify-store.ts";

export { type Compaction, compactStore } from "./edge/compact-store.ts";
export type { CareOptions as ClosedCareOptions } from "./edge/run-care.ts";

export interface ClosedBackupOptions extends CareOptions {
  /** Absolute path; absent or an empty folder. */
  readonly target: string;
  readonly compact: boolean;
}

// Nothing runs that would be short of space.
const marks = { softFreeBytes: 0, softFreePercent: 0, hardFreeBytes: 0, hardFreePercent: 0 };

/** As `state.backup`. Throws StateCareError. */
export function backUpClosedStore(folder: string, options: ClosedBackupOptions): Promise<Copy> {
  return backUpStore(folder, { ...options, alone: true, marks });
}

/** As `state.verify`; also of a backup. Throws StateCareError. */
export function verifyClosedStore(folder: string, options: CareOptions): Promise<Walk> {
  return verifyStore(folder, { ...options, alone: true });
}
