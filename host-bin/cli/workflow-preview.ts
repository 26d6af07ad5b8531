// What is shown before a workflow is started, so that somebody can say no.
import type { WorkflowPhaseDeclaration } from "@lathe/kernel";
import type { NewRunInput } from "@lathe/wire/operations";
import { shortText } from "./short-text.ts";
import { tableLines } from "./table.ts";
import { limitsText } from "./workflow-lines.ts";

export interface LaunchPreview {
  readonly name: string;
  readonly description: string;
  readonly phases: readonly WorkflowPhaseDeclaration[];
  /** Where it comes from. */
  readonly from: string;
  /** Why it cannot be started; null where it can. */
  readonly problem: string | null;
}

const lineLengthMax = 200;

export function previewLines(
  { name, description, phases, from }: LaunchPreview,
  launch: NewRunInput,
): readonly string[] {
  const { args, cwd, budget, dryRun, resumeFrom, cache } = launch;
  const { tokens = null, usd = null } = typeof budget === "number" ? { tokens: budget } : (budget ?? {});
  const limits = limitsText({ tokens, usd });
  const rows = [
    ["workflow", name],
    ["", description],
    ["from", from],
    ["phases", phases.map(({ title }) => title).join(" > ")],
    ["arguments", args === undefined ? "" : JSON.stringify(args)],
    ["in", cwd ?? ""],
    ["goes on from", resumeFrom ?? ""],
    ["budget", dryRun === true ? "dry: nothing is spent" : limits === "" ? "no limit" : limits],
    ["stored answers", cache === "fresh" ? "are not used" : ""],
  ].filter(([, value]) => value !== "");
  return tableLines(rows.map(([what = "", value = ""]) => [what, shortText(value, lineLengthMax)]));
}
