import { type Finding, fail, ok } from "./finding.ts";

const majorMin = 24;

export function examineNode(version: string): Finding {
  const major = Number(version.split(".", 1)[0]);
  if (major >= majorMin) return ok("node", `Node ${version}.`);
  return fail("node", `Node ${version} is too old.`, `Run Lathe on Node ${majorMin} or newer.`);
}
