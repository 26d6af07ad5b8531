import { statfs } from "node:fs/promises";

export interface FreeSpace {
  /** What an unprivileged process may still use. */
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/** The free space of the disk that a folder is on. */
export async function readFreeSpace(folder: string): Promise<FreeSpace> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}
