import { statfsSync } from "node:fs";

export interface FreeSpace {
  /** What an unprivileged process may still use. */
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/** The free space of the disk that a folder is on. It does not wait: the system knows the answer. */
export function readFreeSpace(folder: string): FreeSpace {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}
