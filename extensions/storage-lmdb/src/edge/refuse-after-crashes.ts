// Ends a loop of crashes with a sentence: after several starts that did not live long, the store is read by a helper
// first, which may crash in the daemon's place.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { dataFile } from "./private-files.ts";
import { runCare } from "./run-care.ts";
import { clearTally, countShortStarts } from "./start-tally.ts";

const shortStartCountMax = 4;

/** Counts this start. Throws where the last ones ended early and reading the store ends a process. */
export async function refuseAfterCrashes(folder: string): Promise<void> {
  const count = await countShortStarts(folder);
  if (count < shortStartCountMax || !existsSync(join(folder, dataFile))) return;
  const options = { signal: new AbortController().signal, onProgress: () => undefined };
  const end = await runCare({ kind: "walk", folder, alone: false }, options);
  if (end.kind === "crashed") {
    throw new Error(
      `The last ${count} starts ended early, and reading the store in ${folder} ends the process that does it ` +
        `(${end.signal}): ${dataFile} is damaged. Restore a backup, or move the folder away to begin anew.`,
    );
  }
  await clearTally(folder);
}
