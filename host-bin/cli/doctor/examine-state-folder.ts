import { statfsSync } from "node:fs";
import { makePrivateFolder } from "../../powers/private-folder.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const gibibyte = 1_073_741_824;

/** Makes the folder where it is missing, as the daemon would. */
export function examineStateFolder(path: string): readonly Finding[] {
  try {
    makePrivateFolder(path);
    return [
      ok("state folder", `${path} can be written to, and nobody else can look into it.`),
      examineSpace(path),
    ];
  } catch (failure) {
    return [fail("state folder", failure instanceof Error ? failure.message : String(failure), null)];
  }
}

// The marks at which the store warns and refuses to write, unless it is configured otherwise.
function examineSpace(path: string): Finding {
  const { bavail, blocks, bsize } = statfsSync(path);
  const freeBytes = bavail * bsize;
  const message = `${(freeBytes / gibibyte).toFixed(1)} GiB are free.`;
  const advice = "Free some space: the daemon refuses to write when the disk is nearly full.";
  if (freeBytes < Math.min(gibibyte / 2, blocks * bsize * 0.02)) return fail("free space", message, advice);
  if (freeBytes < Math.min(2 * gibibyte, blocks * bsize * 0.05)) return warn("free space", message, advice);
  return ok("free space", message);
}
