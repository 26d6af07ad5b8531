import { statfsSync } from "node:fs";
import { makePrivateFolder } from "../../powers/private-folder.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const gibibyte = 1_073_741_824;
const freeBytesWarn = 2 * gibibyte;
const freeBytesMin = gibibyte / 2;

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

function examineSpace(path: string): Finding {
  const { bavail, bsize } = statfsSync(path);
  const freeBytes = bavail * bsize;
  const message = `${(freeBytes / gibibyte).toFixed(1)} GiB are free.`;
  if (freeBytes >= freeBytesWarn) return ok("free space", message);
  const advice = "Free some space: the daemon refuses to write when the disk is nearly full.";
  return freeBytes >= freeBytesMin
    ? warn("free space", message, advice)
    : fail("free space", message, advice);
}
