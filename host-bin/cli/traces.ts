// `lathe traces`: the calls that models made of tools.
import type { Page, ToolCallTrace } from "@lathe/wire";
import { exitCodes } from "../exit-codes.ts";
import { type Command, type CommandCall, isSet, textOption, UsageError } from "./command.ts";
import { durationText } from "./durations.ts";
import { tableLines } from "./table.ts";
import { calledAs, printLine } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";

export const traces: Command = {
  usage: `[--conversation ID] [--turn ID] [--tool NAME] [--outcome OUTCOME] [--min-ms MS] [--slowest]
                    [--limit N] [--cursor CURSOR] [--json] [--state DIR]

  --conversation ID  the calls of one conversation
  --turn ID          the calls of one turn
  --tool NAME        the calls of one tool
  --outcome OUTCOME  ok, error, timeout, aborted, invalid-input, unknown-tool, denied or interrupted
  --min-ms MS        the calls that took at least so long
  --slowest          the slowest first; the newest where it is absent
  --limit N          how many, from 1 to 200 (default 50)
  --cursor CURSOR    goes on where a list ended
  --json             prints the API's answer`,
  options: {
    conversation: { type: "string" },
    turn: { type: "string" },
    tool: { type: "string" },
    outcome: { type: "string" },
    "min-ms": { type: "string" },
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
  "min-ms": "minDurationMs",
  cursor: "cursor",
} as const;
const inputLengthMax = 60;

async function listTraces(call: CommandCall): Promise<number> {
  const path = `/api/traces?${queryOf(call)}`;
  const page = await withDaemon(call, (client) => client.call<Page<ToolCallTrace>>("GET", path));
  if (isSet(call, "json")) printLine(JSON.stringify(page));
  else printPage(page);
  return exitCodes.ok;
}

function queryOf(call: CommandCall): URLSearchParams {
  const limit = textOption(call, "limit") ?? "50";
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 200)
    throw new UsageError("--limit must be a number from 1 to 200.");
  const least = textOption(call, "min-ms");
  if (least !== undefined && !/^\d{1,12}$/.test(least))
    throw new UsageError("--min-ms must be a number of milliseconds.");
  const query = new URLSearchParams({ limit, order: isSet(call, "slowest") ? "slowest" : "newest" });
  for (const [option, name] of Object.entries(filters)) {
    const value = textOption(call, option);
    if (value !== undefined) query.set(name, value);
  }
  return query;
}

function printPage({ items, nextCursor }: Page<ToolCallTrace>): void {
  if (items.length === 0 && nextCursor === null) printLine("There are none.");
  const rows = items.map(({ startedAtMs, tool, outcome, durationMs, turnId, input }) => [
    new Date(startedAtMs).toISOString(),
    tool,
    outcome ?? "runs",
    durationMs === null ? "" : durationText(durationMs),
    turnId,
    cut(input?.beginning ?? ""),
  ]);
  for (const line of tableLines(rows)) printLine(line);
  if (nextCursor !== null) printLine(`There are more: ${calledAs} traces --cursor ${nextCursor}`);
}

function cut(text: string): string {
  return text.length > inputLengthMax ? `${text.slice(0, inputLengthMax)}...` : text;
}
