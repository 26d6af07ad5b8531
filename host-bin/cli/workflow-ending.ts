// How a run of a workflow ended: its result on standard output, what went wrong on standard error.
import type { Run, WorkflowFinish } from "@lathe/kernel";
import { exitCodes } from "../exit-codes.ts";
import { printTrouble, writeAnswer } from "./terminal.ts";

/** The result of a run that succeeded, as JSON. Nothing where it did not. */
export function printResult(finish: Pick<WorkflowFinish, "status" | "result"> | null): void {
  if (finish?.status === "succeeded") writeAnswer(`${JSON.stringify(finish.result, null, 2)}\n`);
}

/** Says why a run did not succeed, and gives the exit code. */
export function tellWorkflowEnding({ id, status, error }: Run): number {
  if (status === "succeeded") return exitCodes.ok;
  printTrouble(error === null ? `${id} ${status}` : `${id} ${status} (${error.code}): ${error.message}`);
  return exitCodes.failed;
}
