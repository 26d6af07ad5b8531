// `lathe agents`: who can be named in a folder.
import { type AgentList, agentsList } from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { cwdOf } from "./begin-conversation.ts";
import { type Command, type CommandCall, isSet } from "./command.ts";
import { shortText } from "./short-text.ts";
import { tableLines } from "./table.ts";
import { printError, printJson, printLine, safeText } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";

export const agents: Command = {
  usage: `[--cwd DIR] [--json] [--state DIR]

  --cwd DIR  whose agents besides those of the configuration and of your home; the current folder where absent
  --json     prints the API's answer

An agent is defined in lathe.json, or by a file NAME.md in .lathe/agents or .claude/agents: of the folder, of those above it
up to the root of its repository, and of your home.`,
  options: { cwd: { type: "string" }, json: { type: "boolean" } },
  positionals: { min: 0, max: 0 },
  run: listAgents,
};

const descriptionLengthMax = 60;

async function listAgents(call: CommandCall): Promise<number> {
  const answer = await withDaemon(call, (client) => client.call(agentsList, { cwd: cwdOf(call) }));
  if (isSet(call, "json")) printJson(answer);
  else print(answer);
  return exitCodes.ok;
}

function print({ items, failures }: AgentList): void {
  const rows = items.map(({ name, description, source, error }) => [
    name,
    error === null ? shortText(description ?? "", descriptionLengthMax) : "cannot be used",
    source.kind === "file" ? source.path : source.kind,
  ]);
  for (const line of tableLines(rows)) printLine(line);
  for (const { name, error, warnings } of items)
    for (const sentence of error === null ? warnings : [error]) printError(safeText(`${name}: ${sentence}`));
  for (const { path, message } of failures) printError(safeText(`${path} is not used: ${message}`));
}
