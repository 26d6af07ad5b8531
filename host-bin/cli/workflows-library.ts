// `lathe workflows list`, `show` and `check`: what there is, and whether it can be run. None of it is run for that.
import type { WorkflowCheck, WorkflowDocument } from "@lathe/wire";
import { workflowsCheck, workflowsGet, workflowsList } from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { cwdOf } from "./begin-conversation.ts";
import { type CommandCall, isSet, UsageError } from "./command.ts";
import {
  calledAs,
  printJson,
  printLine,
  printTrouble,
  safeText,
  terminalWidth,
  writeAnswer,
} from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";
import { documentLines, listLines } from "./workflow-lines.ts";
import { namedWorkflow } from "./workflow-named.ts";

export async function listWorkflows(call: CommandCall, [more]: readonly string[]): Promise<number> {
  if (more !== undefined)
    throw new UsageError(`It takes no name. Show one with: ${calledAs} workflows show NAME`);
  const list = await withDaemon(call, (client) => client.call(workflowsList, { cwd: cwdOf(call) }));
  if (isSet(call, "json")) {
    printJson(list);
    return exitCodes.ok;
  }
  if (list.items.length === 0) printLine("There are none. Put one into .lathe/workflows, as NAME.js.");
  for (const line of listLines(list, terminalWidth())) printLine(line);
  for (const { path, message } of list.warnings) printTrouble(`${path}: ${message}`);
  return exitCodes.ok;
}

export async function showWorkflow(call: CommandCall, [name, more]: readonly string[]): Promise<number> {
  if (name === undefined || more !== undefined)
    throw new UsageError(`Say which: ${calledAs} workflows show NAME`);
  const workflow = await withDaemon(call, (client) => client.call(workflowsGet, { name, cwd: cwdOf(call) }));
  if (isSet(call, "json")) printJson(workflow);
  else printDocument(workflow);
  return workflow.error === null ? exitCodes.ok : exitCodes.failed;
}

function printDocument(workflow: WorkflowDocument): void {
  for (const line of documentLines(workflow)) printLine(line);
  if (workflow.script !== null) writeAnswer(`\n${workflow.script.trimEnd()}\n`);
  for (const { message } of workflow.warnings) printTrouble(`Warning: ${message}`);
  if (workflow.error !== null) printTrouble(workflow.error.message);
}

export async function checkWorkflow(call: CommandCall, [word, more]: readonly string[]): Promise<number> {
  if (word === undefined || more !== undefined)
    throw new UsageError(`Say which: ${calledAs} workflows check FILE|NAME`);
  const named = await namedWorkflow(call, word);
  const asked =
    named.kind === "file"
      ? { script: named.script, name: named.fileName }
      : { workflow: named.name, cwd: cwdOf(call) };
  const check = await withDaemon(call, (client) => client.call(workflowsCheck, asked));
  if (isSet(call, "json")) printJson(check);
  else printCheck(check, word);
  return check.valid ? exitCodes.ok : exitCodes.failed;
}

function printCheck({ valid, error, warnings }: WorkflowCheck, word: string): void {
  for (const { message, line, column } of warnings)
    printTrouble(`Warning: ${placeIn(word, line, column)}: ${message}`);
  if (error !== null) printTrouble(`${placeIn(word, error.line, error.column)}: ${error.message}`);
  if (valid) printLine(safeText(`${word} can be run.`));
}

/** As editors and terminals know places. */
function placeIn(word: string, line: number | null, column: number | null): string {
  return line === null ? word : `${word}:${line}${column === null ? "" : `:${column}`}`;
}
