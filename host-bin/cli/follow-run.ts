// Shows a run from its beginning to its end, however often its stream is cut.
import type { Run, RunEvent } from "@lathe/kernel";
import { isWorkflowEntry, type Problem } from "@lathe/wire";
import { exitCodes } from "../exit-codes.ts";
import { type Client, ProblemAnswer } from "./client.ts";
import { printAside, printError, printLine, writeAnswer } from "./terminal.ts";
import { TurnPrinter } from "./turn-printer.ts";
import { printResult } from "./workflow-ending.ts";
import { WorkflowPrinter } from "./workflow-printer.ts";

/** Settles with the exit code when the run is over. Throws ProblemAnswer and ConnectionLostError. */
export async function followRun(client: Client, path: string, asJson: boolean): Promise<number> {
  const printer = new TurnPrinter({ write: writeAnswer, aside: printAside });
  const workflow = new WorkflowPrinter({ aside: printAside, asks: false });
  const show = (event: RunEvent, json: string): void => {
    if (asJson) printLine(json);
    else if (isWorkflowEntry(event)) workflow.show(event);
    else printer.show(event);
  };
  await followEvents(client, path, show);
  if (!asJson) printer.finish();
  if (!asJson) printResult(workflow.view.finish);
  return tellEnding(await client.call<Run>("GET", path));
}

/** Settles when the run is over and everything was shown, each event with the text that it came as. Throws as above. */
export async function followEvents(
  client: Client,
  path: string,
  show: (event: RunEvent, json: string) => void,
): Promise<void> {
  for (let after = 0, isOver = false; !isOver; ) {
    const stream = client.stream(`${path}/stream?after=${after}`);
    for (;;) {
      const { value, done } = await stream.next();
      if (done === true) {
        isOver = value;
        break;
      }
      const event = JSON.parse(value) as RunEvent | Problem;
      if (isProblem(event)) throw new ProblemAnswer(event.status, event.code, event.detail);
      if ("seq" in event) after = event.seq;
      show(event, value);
    }
  }
}

function tellEnding({ id, status, error }: Run): number {
  if (error !== null) printError(error.message);
  if (status !== "succeeded") printError(`${id} ${status}`);
  return status === "failed" || status === "interrupted" ? exitCodes.failed : exitCodes.ok;
}

/** What a stream ends with that could not be completed. */
function isProblem(event: RunEvent | Problem): event is Problem {
  return event.type.startsWith("urn:");
}
