// The files of a store are for the daemon's user alone.
import { chmod, open } from "node:fs/promises";
import { join } from "node:path";

export const dataFile = "data.mdb";
export const lockFile = "lock.mdb";

// At least as long as lmdb makes it.
const lockFileBytes = 12_288;

/**
 * Closes files of an earlier start to others, and makes the lock file where there is none.
 *
 * lmdb would make it without content and map it into memory: on a full disk the first touch then ends the process by
 * SIGBUS. Written here it fails with ENOSPC instead.
 */
export async function preparePrivateFiles(folder: string): Promise<void> {
  for (const name of [dataFile, lockFile]) await closeToOthers(join(folder, name));
  const file = await open(join(folder, lockFile), "wx", 0o600).catch(unless("EEXIST"));
  if (file === undefined) return;
  try {
    await file.writeFile(Buffer.alloc(lockFileBytes));
  } finally {
    await file.close();
  }
}

async function closeToOthers(path: string): Promise<void> {
  await chmod(path, 0o600).catch(unless("ENOENT"));
}

function unless(code: string): (failure: NodeJS.ErrnoException) => undefined {
  return (failure) => {
    // On a disk that has become read-only nothing can be changed, and what is there can still be looked at.
    if (failure.code !== code && failure.code !== "EROFS") throw failure;
    return undefined;
  };
}
