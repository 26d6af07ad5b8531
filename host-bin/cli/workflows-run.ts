// `lathe workflows run` and `resume`: shows what is about to happen, starts it, and follows it to the end.
import type { JsonObject, JsonValue, Run } from "@lathe/kernel";
import type { WorkflowCheck, WorkflowDocument, WorkflowStatus } from "@lathe/wire";
import { exitCodes } from "../exit-codes.ts";
import { cwdOf } from "./begin-conversation.ts";
import { budgetOption } from "./budget-options.ts";
import type { Client } from "./client.ts";
import { type CommandCall, isSet, textOption, UsageError } from "./command.ts";
import { followWorkflow } from "./follow-workflow.ts";
import { ask, canAsk, yesOrNo } from "./question.ts";
import { StopSignals } from "./stop-signals.ts";
import { calledAs, printAside, printTrouble } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";
import { workflowArgs } from "./workflow-args.ts";
import { type NamedWorkflow, namedWorkflow } from "./workflow-named.ts";
import { type LaunchPreview, previewLines } from "./workflow-preview.ts";

/** The body of `POST /api/runs`. */
type Launch = Readonly<Record<string, JsonValue>>;

export async function runWorkflow(call: CommandCall, [word, ...words]: readonly string[]): Promise<number> {
  if (word === undefined) throw new UsageError(`Say which: ${calledAs} workflows run NAME|FILE`);
  const named = await namedWorkflow(call, word);
  const args = await workflowArgs(call, words);
  const resumeFrom = textOption(call, "resume-from");
  const launch: Launch = {
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
  const launch: Launch = { kind: "workflow", resumeFrom: runId, ...cwd, ...optionsOf(call) };
  return await start(call, launch, (client) => previewOfRun(client, runId));
}

function optionsOf(call: CommandCall): Launch {
  const budget = budgetOption(call);
  return {
    ...(budget === undefined ? {} : { budget: { ...budget } as JsonObject }),
    ...(isSet(call, "dry") ? { dryRun: true } : {}),
    ...(isSet(call, "fresh") ? { cache: "fresh" } : {}),
  };
}

async function start(
  call: CommandCall,
  launch: Launch,
  preview: (client: Client) => Promise<LaunchPreview>,
): Promise<number> {
  const asJson = isSet(call, "json");
  const signals = new StopSignals();
  // Another daemon may have to be asked again; neither the person nor the run is asked for a second time.
  let isAgreed = asJson || isSet(call, "yes") || !canAsk();
  let begun: Run | undefined;
  return await withDaemon(call, async (client) => {
    isAgreed ||= await agreed(await preview(client), launch);
    if (!isAgreed) return signals.exitCode ?? exitCodes.failed;
    begun ??= await client.call<Run>("POST", "/api/runs", launch);
    return await followWorkflow(client, begun.id, { signals, asJson });
  });
}

async function agreed(preview: LaunchPreview, launch: Launch): Promise<boolean> {
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
    const path = `/api/workflows/${encodeURIComponent(named.name)}?${new URLSearchParams({ cwd })}`;
    const { name, description, phases, source, error } = await client.call<WorkflowDocument>("GET", path);
    return { name, description, phases, from: source.path ?? source.kind, problem: error?.message ?? null };
  }
  const { script, fileName, path } = named;
  const check = await client.call<WorkflowCheck>("POST", "/api/workflows/check", { script, name: fileName });
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
  const path = `/api/runs/${encodeURIComponent(runId)}/workflow`;
  const { name, description, phases } = await client.call<WorkflowStatus>("GET", path);
  const titles = phases.flatMap(({ title }) => (title === null ? [] : [{ title }]));
  const from = `the run ${runId}`;
  return { name: name ?? runId, description: description ?? "", phases: titles, from, problem: null };
}
