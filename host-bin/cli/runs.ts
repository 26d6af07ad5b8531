// `lathe runs`: what was executed, and what is being executed.
import type { Client, InputOf } from "@lathe/client";
import type { Run, RunStatus } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import { runsGet, runsList, runsStop } from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { timers } from "../powers/timers.ts";
import { type Command, type CommandCall, isSet, textOption, UsageError } from "./command.ts";
import { followRun } from "./follow-run.ts";
import { pageQuery } from "./page-query.ts";
import { tableLines } from "./table.ts";
import { calledAs, printError, printJson, printLine, safeText } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";
import { budgetText } from "./workflow-lines.ts";

export const runs: Command = {
  usage: `[--status STATUS] [--agent NAME] [--kind KIND] [--parent ID|none] [--limit N] [--cursor CURSOR] [--json] [--state DIR]
       lathe runs show ID [--json]
       lathe runs stop ID [--json]
       lathe runs follow ID [--json]

  --status STATUS  queued, running, waiting, stopping, succeeded, failed, stopped or interrupted
  --agent NAME     those of one agent
  --kind KIND      those of one kind, for example turn
  --parent ID      those that one run has started; with none, those that no run has
  --limit N        how many, from 1 to 200 (default 50)
  --cursor CURSOR  goes on where a list ended
  --json           prints the API's answer; with follow, each event as one line

show tells all about a run, stop ends it with everything that it started, follow shows it from its beginning to its end.
Ends with 0, and with 1 where the run that was shown or followed failed.`,
  options: {
    status: { type: "string" },
    agent: { type: "string" },
    kind: { type: "string" },
    parent: { type: "string" },
    limit: { type: "string" },
    cursor: { type: "string" },
    json: { type: "boolean" },
  },
  positionals: { min: 0, max: 2 },
  run: (call) => {
    const [verb, id] = call.positionals;
    if (verb === undefined) return listRuns(call);
    const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (act === undefined)
      throw new UsageError(`There is no "lathe runs ${verb}". There are show, stop and follow.`);
    if (id === undefined) throw new UsageError(`Say which run: ${calledAs} runs ${verb} ID`);
    refuseFilters(call);
    return withDaemon(call, act(id, isSet(call, "json")));
  },
};

const verbs: Readonly<Record<string, (id: string, asJson: boolean) => (client: Client) => Promise<number>>> =
  {
    show: (id, asJson) => (client) => showRun(client, id, asJson),
    stop: (id, asJson) => (client) => stopRun(client, id, asJson),
    follow: followRun,
  };
const filters = ["status", "agent", "kind", "parent", "limit", "cursor"] as const;
const pollMs = 200;

async function listRuns(call: CommandCall): Promise<number> {
  const query = queryOf(call);
  const page = await withDaemon(call, (client) => client.call(runsList, query));
  if (isSet(call, "json")) printJson(page);
  else printPage(page);
  return exitCodes.ok;
}

function queryOf(call: CommandCall): InputOf<typeof runsList> {
  return {
    ...pageQuery(call),
    // Whether there is such a status, the daemon says.
    status: textOption(call, "status") as RunStatus | undefined,
    agent: textOption(call, "agent"),
    kind: textOption(call, "kind"),
    parent: textOption(call, "parent"),
  };
}

function refuseFilters(call: CommandCall): void {
  for (const name of filters) {
    if (textOption(call, name) !== undefined) throw new UsageError(`--${name} is a matter of the list.`);
  }
}

function printPage({ items, nextCursor }: Page<Run>): void {
  if (items.length === 0 && nextCursor === null) printLine("There are none.");
  const rows = items.map(({ id, createdAtMs, status, kind, agent, conversationId, title }) => [
    id,
    new Date(createdAtMs).toISOString(),
    status,
    kind,
    agent ?? "",
    conversationId ?? "",
    title ?? "",
  ]);
  for (const line of tableLines(rows)) printLine(line);
  // A cursor is one of its list: it goes on with the same filters alone.
  if (nextCursor !== null) printLine(`There are more: the same again with --cursor ${nextCursor}`);
}

async function showRun(client: Client, id: string, asJson: boolean): Promise<number> {
  const run = await client.call(runsGet, { id });
  if (asJson) printJson(run);
  else printRun(run);
  return exitCodeOf(run);
}

/** Settles when it has stopped. */
export async function stopRun(client: Client, id: string, asJson: boolean): Promise<number> {
  let run = await client.call(runsStop, { id });
  while (run.status === "stopping") {
    await timers.sleep(pollMs);
    run = await client.call(runsGet, { id });
  }
  if (asJson) printJson(run);
  else printLine(`${run.id} ${run.status}`);
  return exitCodes.ok;
}

function printRun(run: Run): void {
  const rows = [
    ["id", run.id],
    ["title", run.title ?? ""],
    ["kind", run.kind],
    ["status", run.status],
    ["owner", run.owner],
    ["agent", run.agent ?? ""],
    ["conversation", run.conversationId ?? ""],
    ["part of", run.parentId ?? ""],
    ["began", new Date(run.createdAtMs).toISOString()],
    ["ended", run.endedAtMs === null ? "" : new Date(run.endedAtMs).toISOString()],
    [
      "tokens",
      run.usage === null ? "" : `${run.usage.inputTokens ?? "?"} in, ${run.usage.outputTokens ?? "?"} out`,
    ],
    ["budget", run.budget === null ? "" : budgetText(run.budget)],
    ["note", run.error === null ? "" : `${run.error.code}: ${run.error.message}`],
  ].filter(([, value]) => value !== "");
  for (const line of tableLines(rows)) printLine(line);
  for (const warning of run.schemaWarnings) printError(safeText(warning));
  if (run.result !== null)
    printLine(
      `\n${safeText(typeof run.result === "string" ? run.result : JSON.stringify(run.result, null, 2))}`,
    );
}

function exitCodeOf({ status }: Run): number {
  return status === "failed" || status === "interrupted" ? exitCodes.failed : exitCodes.ok;
}
