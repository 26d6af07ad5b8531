// lmdb crashes the process when it is given a file that is none of its own, so the first page is looked at before.
import { open } from "node:fs/promises";

const magicAt = 24;
const magics: readonly Buffer[] = [Buffer.from("dec0efbe", "hex"), Buffer.from("beefc0de", "hex")];

/** Whether there is no such file yet, an empty one, or one that begins as LMDB files do (in either byte order). */
export async function looksLikeLmdb(path: string): Promise<boolean> {
  const file = await open(path).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code === "ENOENT") return undefined;
    throw failure;
  });
  if (file === undefined) return true;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(magicAt + 4), 0, magicAt + 4, 0);
    return bytesRead === 0 || magics.some((magic) => buffer.subarray(magicAt).equals(magic));
  } finally {
    await file.close();
  }
}
