// `lathe traces`: the calls that models made of tools.
import type { InputOf } from "@lathe/client";
import type { ToolOutcome } from "@lathe/kernel";
import type { Page, ToolCallTrace } from "@lathe/wire";
import { tracesList } from "@lathe/wire/operations";
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

async function listTraces(call: CommandCall): Promise<number> {
  const query = queryOf(call);
  const page = await withDaemon(call, (client) => client.call(tracesList, query));
  if (isSet(call, "json")) printJson(page);
  else printPage(page);
  return exitCodes.ok;
}

function queryOf(call: CommandCall): InputOf<typeof tracesList> {
  const least = textOption(call, "min-duration");
  if (least !== undefined && !/^\d{1,12}$/.test(least))
    throw new UsageError("--min-duration must be a whole number of milliseconds.");
  return {
    ...pageQuery(call),
    conversationId: textOption(call, "conversation"),
    turnId: textOption(call, "turn"),
    tool: textOption(call, "tool"),
    // Whether there is such an outcome, the daemon says.
    outcome: textOption(call, "outcome") as ToolOutcome | undefined,
    minDurationMs: least === undefined ? undefined : Number(least),
    ...(isSet(call, "slowest") ? { order: "slowest" } : {}),
  };
}

function printPage({ items, nextCursor }: Page<ToolCallTrace>): void {
  if (items.length === 0 && nextCursor === null) printLine("There are none.");
  for (const line of callLines(items, terminalWidth())) printLine(line);
  // A cursor is one of its list: it goes on with the same filters alone.
  if (nextCursor !== null) printLine(`There are more: the same again with --cursor ${nextCursor}`);
}
