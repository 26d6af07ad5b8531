// `lathe doctor`: looks at everything that has to be right, and says what to do where it is not.
import { exitCodes } from "../exit-codes.ts";
import { type Command, type CommandCall, isSet } from "./command.ts";
import { examine } from "./doctor/examine.ts";
import type { Finding } from "./doctor/finding.ts";
import { tableLines } from "./table.ts";
import { printJson, printLine } from "./terminal.ts";

export const doctor: Command = {
  usage: `[--json] [--state DIR]

  --json  prints the findings as JSON

Ends with 1 when something fails.`,
  options: { json: { type: "boolean" } },
  positionals: { min: 0, max: 0 },
  run: async (call) => report(await examine(call), call),
};

function report(findings: readonly Finding[], call: CommandCall): number {
  if (isSet(call, "json")) printJson({ findings });
  else for (const line of tableLines(findings.map(rowOf))) printLine(line);
  return findings.some(({ verdict }) => verdict === "fail") ? exitCodes.failed : exitCodes.ok;
}

function rowOf({ verdict, subject, message, advice }: Finding): string[] {
  return [verdict, subject, advice === null ? message : `${message} ${advice}`];
}
