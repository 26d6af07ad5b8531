// `lathe workflows status`, `cancel`, `cache` and `approve`: runs of workflows, and what is kept of them.
import type { Client } from "@lathe/client";
import type { JsonValue } from "@lathe/kernel";
import type { WorkflowStatus } from "@lathe/wire";
import {
  workflowsApprove,
  workflowsCache,
  workflowsClearCache,
  workflowsStatus,
} from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { type CommandCall, isSet, textOption, UsageError } from "./command.ts";
import { stopRun } from "./runs.ts";
import { calledAs, printJson, printLine, printTrouble } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";
import { printResult } from "./workflow-ending.ts";
import { approvalLines, cacheLines, statusLines } from "./workflow-lines.ts";

export async function showStatus(call: CommandCall, words: readonly string[]): Promise<number> {
  const id = runOf("status", words);
  const status = await withDaemon(call, (client) => client.call(workflowsStatus, { id }));
  if (isSet(call, "json")) printJson(status);
  else printStatus(status);
  return status.run.status === "failed" || status.run.status === "interrupted"
    ? exitCodes.failed
    : exitCodes.ok;
}

function printStatus(status: WorkflowStatus): void {
  for (const line of statusLines(status)) printLine(line);
  if (status.error !== null) printTrouble(`\n${status.error.code}: ${status.error.message}`);
  if (status.run.status !== "succeeded") return;
  printLine("");
  printResult({ status: "succeeded", result: status.result });
}

export function cancelRun(call: CommandCall, words: readonly string[]): Promise<number> {
  const id = runOf("cancel", words);
  return withDaemon(call, (client) => stopRun(client, id, isSet(call, "json")));
}

export async function showCache(call: CommandCall, words: readonly string[]): Promise<number> {
  if (isSet(call, "clear")) return clearCache(call, words);
  const id = runOf("cache", words);
  const report = await withDaemon(call, (client) => client.call(workflowsCache, { id }));
  if (isSet(call, "json")) {
    printJson(report);
    return exitCodes.ok;
  }
  for (const line of cacheLines(report.items)) printLine(line);
  printLine(`${report.hitCount} answered from what is stored, ${report.missCount} asked.`);
  return exitCodes.ok;
}

async function clearCache(call: CommandCall, [workflow, more]: readonly string[]): Promise<number> {
  if (more !== undefined) throw new UsageError(`One at a time: ${calledAs} workflows cache --clear [NAME]`);
  const answer = await withDaemon(call, (client) => client.call(workflowsClearCache, { workflow }));
  if (isSet(call, "json")) printJson(answer);
  else printLine(`Stored answers removed: ${answer.removedCount}`);
  return exitCodes.ok;
}

export async function approveRun(call: CommandCall, words: readonly string[]): Promise<number> {
  const [runId, approvalId, more] = words;
  const answer = answerOf(call);
  if (more !== undefined) throw new UsageError(approveUsage);
  const id = runOf("approve", runId === undefined ? [] : [runId]);
  return withDaemon(call, async (client) => {
    const asked = approvalId ?? (await onlyQuestion(client, id));
    if (asked === undefined) return exitCodes.failed;
    await client.call(workflowsApprove, { id, approvalId: asked, answer });
    if (isSet(call, "json")) printJson({ approvalId: asked, answer });
    else printLine(`${asked} is answered.`);
    return exitCodes.ok;
  });
}

const approveUsage = `Say it so: ${calledAs} workflows approve RUN [APPROVAL] --yes | --no | --answer JSON`;

function answerOf(call: CommandCall): JsonValue {
  const text = textOption(call, "answer");
  const given = [text !== undefined, isSet(call, "yes"), isSet(call, "no")].filter(Boolean).length;
  if (given !== 1) throw new UsageError(approveUsage);
  if (text === undefined) return isSet(call, "yes");
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new UsageError(`--answer must be JSON; a text has quotes around it: --answer '"text"'`);
  }
}

/** The question that the run waits with, where there is one only; otherwise it is said what there is. */
async function onlyQuestion(client: Client, id: string): Promise<string | undefined> {
  const { approvals, run } = await client.call(workflowsStatus, { id });
  const [only, second] = approvals;
  if (second === undefined && only !== undefined) return only.approvalId;
  if (only === undefined) printTrouble(`${run.id} waits for no answer.`);
  for (const approval of approvals) for (const line of approvalLines(run.id, approval)) printTrouble(line);
  return undefined;
}

function runOf(verb: string, [runId, more]: readonly string[]): string {
  if (runId === undefined || more !== undefined)
    throw new UsageError(`Say which run: ${calledAs} workflows ${verb} RUN`);
  return runId;
}
