// `lathe traces`: the calls that models made of tools.
import type { Page, ToolCallTrace } from "@lathe/wire";
import { exitCodes } from "../exit-codes.ts";
import { callLines } from "./call-lines.ts";
import { type Command, type CommandCall, isSet, textOption, UsageError } from "./command.ts";
import { pageQuery } from "./page-query.ts";
import { printJson, printLine, terminalWidth } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";

export const traces: Command = {
  usage: `[--conversation ID] [--turn ID] [--tool NAME] [--outcome OUTCOME] [--min-duration MS]
       [--slowest] [--limit N] [--cursor CURSOR] [--json] [--state DIR]

  --conversation ID  the calls of one conversation
  --turn ID          the calls of one turn
  --tool NAME        the calls of one tool
  --outcome OUTCOME  ok, error, timeout, aborted, invalid-input, unknown-tool, denied or interrupted
  --min-duration MS  the calls that took at least so many milliseconds
  --slowest          the slowest first; the newest where it is absent
  --limit N          how many, from 1 to 200 (default 50)
  --cursor CURSOR    goes on where a list ended
  --json             prints the API's answer

Each call has a line with when it began, what it took, how it ended, the tool and the turn; below it is what it was asked,
and what went wrong. Everything of a turn: lathe trace TURN`,
  options: {
    conversation: { type: "string" },
    turn: { type: "string" },
    tool: { type: "string" },
    outcome: { type: "string" },
    "min-duration": { type: "string" },
    slowest: { type: "boolean" },
    limit: { type: "string" },
    cursor: { type: "string" },
    json: { type: "boolean" },
  },
  positionals: { min: 0, max: 0 },
  run: listTraces,
};

const filters = {
  conversation: "conversationId",
  turn: "turnId",
  tool: "tool",
  outcome: "outcome",
  "min-duration": "minDurationMs",
} as const;

async function listTraces(call: CommandCall): Promise<number> {
  const path = `/api/traces?${queryOf(call)}`;
  const page = await withDaemon(call, (client) => client.call<Page<ToolCallTrace>>("GET", path));
  if (isSet(call, "json")) printJson(page);
  else printPage(page);
  return exitCodes.ok;
}

function queryOf(call: CommandCall): URLSearchParams {
  const least = textOption(call, "min-duration");
  if (least !== undefined && !/^\d{1,12}$/.test(least))
    throw new UsageError("--min-duration must be a whole number of milliseconds.");
  const query = pageQuery(call);
  if (isSet(call, "slowest")) query.set("order", "slowest");
  for (const [option, name] of Object.entries(filters)) {
    const value = textOption(call, option);
    if (value !== undefined) query.set(name, value);
  }
  return query;
}

function printPage({ items, nextCursor }: Page<ToolCallTrace>): void {
  if (items.length === 0 && nextCursor === null) printLine("There are none.");
  for (const line of callLines(items, terminalWidth())) printLine(line);
  // A cursor is one of its list: it goes on with the same filters alone.
  if (nextCursor !== null) printLine(`There are more: the same again with --cursor ${nextCursor}`);
}
