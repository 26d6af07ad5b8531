// `lathe workflows run` and `resume`: shows what is about to happen, starts it, and follows it to the end.
import { randomUUID } from "node:crypto";
import type { Client } from "@lathe/client";
import type { JsonValue } from "@lathe/kernel";
import type { WorkflowCheck } from "@lathe/wire";
import {
  type NewRunInput,
  runsCreate,
  workflowsCheck,
  workflowsGet,
  workflowsStatus,
} from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { cwdOf } from "./begin-conversation.ts";
import { budgetOption } from "./budget-options.ts";
import { type CommandCall, isSet, textOption, UsageError } from "./command.ts";
import { FollowedWorkflow } from "./follow-workflow.ts";
import { ask, canAsk, yesOrNo } from "./question.ts";
import { StopSignals } from "./stop-signals.ts";
import { calledAs, printAside, printTrouble } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";
import { workflowArgs } from "./workflow-args.ts";
import { type NamedWorkflow, namedWorkflow } from "./workflow-named.ts";
import { type LaunchPreview, previewLines } from "./workflow-preview.ts";

export async function runWorkflow(call: CommandCall, [word, ...words]: readonly string[]): Promise<number> {
  if (word === undefined) throw new UsageError(`Say which: ${calledAs} workflows run NAME|FILE`);
  const named = await namedWorkflow(call, word);
  const args = await workflowArgs(call, words);
  const resumeFrom = textOption(call, "resume-from");
  const launch: NewRunInput = {
    kind: "workflow",
    ...(named.kind === "file" ? { script: named.script } : { workflow: named.name }),
    cwd: cwdOf(call),
    ...(args === undefined ? {} : { args }),
    ...(resumeFrom === undefined ? {} : { resumeFrom }),
    ...optionsOf(call),
  };
  return await start(call, launch, (client) => previewOf(client, named, cwdOf(call)));
}

export async function resumeWorkflow(call: CommandCall, [runId, more]: readonly string[]): Promise<number> {
  if (runId === undefined || more !== undefined)
    throw new UsageError(`Say which run: ${calledAs} workflows resume RUN`);
  const cwd = textOption(call, "cwd") === undefined ? {} : { cwd: cwdOf(call) };
  const launch: NewRunInput = { kind: "workflow", resumeFrom: runId, ...cwd, ...optionsOf(call) };
  return await start(call, launch, (client) => previewOfRun(client, runId));
}

function optionsOf(call: CommandCall): Pick<NewRunInput, "budget" | "dryRun" | "cache"> {
  const budget = budgetOption(call);
  return {
    ...(budget === undefined ? {} : { budget }),
    ...(isSet(call, "dry") ? { dryRun: true } : {}),
    ...(isSet(call, "fresh") ? { cache: "fresh" } : {}),
  };
}

async function start(
  call: CommandCall,
  launch: NewRunInput,
  preview: (client: Client) => Promise<LaunchPreview>,
): Promise<number> {
  const asJson = isSet(call, "json");
  const signals = new StopSignals();
  // Another daemon may have to be asked again; neither the person nor the run is asked for a second time.
  let isAgreed = asJson || isSet(call, "yes") || !canAsk();
  const idempotencyKey = randomUUID();
  let begun: FollowedWorkflow | undefined;
  return await withDaemon(call, async (client) => {
    isAgreed ||= await agreed(await preview(client), launch);
    if (!isAgreed) return signals.exitCode ?? exitCodes.failed;
    if (begun === undefined) {
      const { id } = await client.call(runsCreate, launch, { idempotencyKey });
      begun = new FollowedWorkflow(id, { signals, asJson });
    }
    return await begun.follow(client);
  });
}

async function agreed(preview: LaunchPreview, launch: NewRunInput): Promise<boolean> {
  if (preview.problem !== null) {
    printTrouble(preview.problem);
    return false;
  }
  for (const line of previewLines(preview, launch)) printAside(line);
  const line = await ask("Start it? [y/N] ");
  if (line !== undefined && yesOrNo(line) === true) return true;
  printAside("It was not started.");
  return false;
}

async function previewOf(client: Client, named: NamedWorkflow, cwd: string): Promise<LaunchPreview> {
  if (named.kind === "name") {
    const workflow = await client.call(workflowsGet, { name: named.name, cwd });
    const { name, description, phases, source, error } = workflow;
    return { name, description, phases, from: source.path ?? source.kind, problem: error?.message ?? null };
  }
  const { script, fileName, path } = named;
  const check = await client.call(workflowsCheck, { script, name: fileName });
  return { ...checked(check), from: path, problem: check.error?.message ?? null };
}

/** The metadata was checked by the daemon; a plain string as phase is its title. */
function checked({ meta }: WorkflowCheck): Pick<LaunchPreview, "name" | "description" | "phases"> {
  const { name = "", description = "", phases = [] } = meta ?? {};
  const listed: readonly JsonValue[] = Array.isArray(phases) ? phases : [];
  const titles = listed.map((phase) =>
    typeof phase === "object" && phase !== null && "title" in phase ? phase.title : phase,
  );
  return {
    name: String(name),
    description: String(description),
    phases: titles.map((title) => ({ title: String(title) })),
  };
}

async function previewOfRun(client: Client, runId: string): Promise<LaunchPreview> {
  const { name, description, phases } = await client.call(workflowsStatus, { id: runId });
  const titles = phases.flatMap(({ title }) => (title === null ? [] : [{ title }]));
  const from = `the run ${runId}`;
  return { name: name ?? runId, description: description ?? "", phases: titles, from, problem: null };
}
