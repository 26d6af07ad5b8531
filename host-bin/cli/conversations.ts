// `lathe conversations`: what was talked about.
import type { Conversation } from "@lathe/kernel";
import { exitCodes } from "../exit-codes.ts";
import { type Command, type CommandCall, isSet, textOption, UsageError } from "./command.ts";
import { tableLines } from "./table.ts";
import { calledAs, printLine } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";

export const conversations: Command = {
  usage: `[--limit N] [--cursor CURSOR] [--json] [--state DIR]

  --limit N        how many, from 1 to 200 (default 50)
  --cursor CURSOR  goes on where a list ended
  --json           prints the API's answer`,
  options: { limit: { type: "string" }, cursor: { type: "string" }, json: { type: "boolean" } },
  positionals: { min: 0, max: 0 },
  run: listConversations,
};

const titleLengthMax = 60;

interface Page {
  readonly items: readonly Conversation[];
  readonly nextCursor: string | null;
}

async function listConversations(call: CommandCall): Promise<number> {
  const path = `/api/conversations?${queryOf(call)}`;
  const page = await withDaemon(call, (client) => client.call<Page>("GET", path));
  if (isSet(call, "json")) printLine(JSON.stringify(page));
  else printPage(page);
  return exitCodes.ok;
}

function queryOf(call: CommandCall): URLSearchParams {
  const limit = textOption(call, "limit") ?? "50";
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 200)
    throw new UsageError("--limit must be a number from 1 to 200.");
  const cursor = textOption(call, "cursor");
  return new URLSearchParams({ limit, ...(cursor === undefined ? {} : { cursor }) });
}

function printPage({ items, nextCursor }: Page): void {
  if (items.length === 0) printLine('There are none yet. Begin one with: lathe run "..."');
  const rows = items.map(({ id, updatedAtMs, state, title, cwd }) => [
    id,
    new Date(updatedAtMs).toISOString(),
    state === "idle" ? "" : "running",
    cut(title ?? cwd),
  ]);
  for (const line of tableLines(rows)) printLine(line);
  if (nextCursor !== null) printLine(`There are more: ${calledAs} conversations --cursor ${nextCursor}`);
}

function cut(text: string): string {
  return text.length > titleLengthMax ? `${text.slice(0, titleLengthMax)}...` : text;
}
