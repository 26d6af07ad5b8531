// `lathe extensions`: what the daemon is made of, and what does not work.
import type { ExtensionState } from "@lathe/kernel";
import { extensionsList } from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { type Command, type CommandCall, isSet } from "./command.ts";
import { tableLines } from "./table.ts";
import { printJson, printLine } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";

export const extensions: Command = {
  usage: `[--json] [--state DIR]

  --json  prints the API's answer`,
  options: { json: { type: "boolean" } },
  positionals: { min: 0, max: 0 },
  run: listExtensions,
};

async function listExtensions(call: CommandCall): Promise<number> {
  const answer = await withDaemon(call, (client) => client.call(extensionsList));
  if (isSet(call, "json")) printJson(answer);
  else for (const line of tableLines(answer.items.map(rowOf))) printLine(line);
  return exitCodes.ok;
}

function rowOf({ id, kind, version, description, reason }: ExtensionState): string[] {
  return [id, kind, version ?? "", reason ?? description ?? ""];
}
