// Shows a run of a workflow to the end, asks what it waits for, and stops it when it is told to.
import type { JsonValue, Run } from "@lathe/kernel";
import { isWorkflowEntry } from "@lathe/wire";
import { ApprovalAsker } from "./approval-asker.ts";
import type { Client } from "./client.ts";
import { followEvents } from "./follow-run.ts";
import { ask, canAsk } from "./question.ts";
import type { StopSignals } from "./stop-signals.ts";
import { printAside, printJson, printTrouble } from "./terminal.ts";
import { printResult, tellWorkflowEnding } from "./workflow-ending.ts";
import { WorkflowPrinter } from "./workflow-printer.ts";

/** Settles with the exit code when the run is over. Throws ProblemAnswer and ConnectionLostError. */
export async function followWorkflow(
  client: Client,
  runId: string,
  { signals, asJson }: { readonly signals: StopSignals; readonly asJson: boolean },
): Promise<number> {
  const path = `/api/runs/${encodeURIComponent(runId)}`;
  const asks = !asJson && canAsk();
  const printer = new WorkflowPrinter({ aside: asJson ? () => undefined : printAside, asks });
  const asker = asks ? askerFor(client, path, runId, signals) : undefined;
  void signals.first().then(() => stop(client, path));
  await followEvents(client, path, (event) => {
    if (asJson) printJson(event);
    if (!isWorkflowEntry(event)) return;
    printer.show(event);
    asker?.update(printer.view.approvals);
  });
  // A run that was given up has no last entry.
  asker?.update([]);
  if (!asJson) printResult(printer.view.finish);
  const exitCode = tellWorkflowEnding(await client.call<Run>("GET", path));
  return signals.exitCode ?? exitCode;
}

function askerFor(client: Client, path: string, runId: string, signals: StopSignals): ApprovalAsker {
  return new ApprovalAsker(runId, {
    ask,
    answer: (approvalId, answer) => giveAnswer(client, path, approvalId, answer),
    // A run that is being stopped waits for nothing any more.
    tell: (line) => {
      if (signals.exitCode === undefined) printAside(line);
    },
  });
}

/** Throws ProblemAnswer and ConnectionLostError. */
export async function giveAnswer(
  client: Client,
  path: string,
  approvalId: string,
  answer: JsonValue,
): Promise<void> {
  await client.call("POST", `${path}/approvals/${encodeURIComponent(approvalId)}`, { answer });
}

async function stop(client: Client, path: string): Promise<void> {
  try {
    await client.call("POST", `${path}/stop`);
  } catch (failure) {
    // Whoever follows it learns by himself that the daemon is gone.
    printTrouble(`The run could not be stopped: ${failure instanceof Error ? failure.message : failure}`);
  }
}
