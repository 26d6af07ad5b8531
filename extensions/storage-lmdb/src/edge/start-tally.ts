// Counts starts that did not live long. A damaged file can end the process that reads it without a word, again and again.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const fileName = "short-starts";

/** How many starts before this one ended before `clearTally`. */
export async function countShortStarts(folder: string): Promise<number> {
  const path = join(folder, fileName);
  const before = Number(await readFile(path, "utf8").catch(() => "0"));
  const count = Number.isSafeInteger(before) && before >= 0 ? before : 0;
  // On a disk that takes no more the store can still be read, and a loop then has another end.
  await writeFile(path, String(count + 1), { mode: 0o600 }).catch(() => undefined);
  return count;
}

export async function clearTally(folder: string): Promise<void> {
  await rm(join(folder, fileName), { force: true }).catch(() => undefined);
}
