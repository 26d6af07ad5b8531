// `lathe models`: whom one can ask.
import { type ModelList, modelsList } from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { type Command, type CommandCall, isSet } from "./command.ts";
import { tableLines } from "./table.ts";
import { printError, printJson, printLine, safeText } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";

export const models: Command = {
  usage: `[--json] [--state DIR]

  --json  prints the API's answer`,
  options: { json: { type: "boolean" } },
  positionals: { min: 0, max: 0 },
  run: listModels,
};

async function listModels(call: CommandCall): Promise<number> {
  const answer = await withDaemon(call, (client) => client.call(modelsList));
  if (isSet(call, "json")) printJson(answer);
  else print(answer);
  return exitCodes.ok;
}

function print({ default: first, items, failures }: ModelList): void {
  if (items.length === 0)
    printLine("There are none. Set a key such as ANTHROPIC_API_KEY, and start the daemon again.");
  const rows = items.map(({ id, contextTokens }) => [
    id,
    contextTokens === null ? "" : `${contextTokens} tokens`,
    id === first ? "default" : "",
  ]);
  for (const line of tableLines(rows)) printLine(line);
  // Servers need not list every model that they have.
  if (first !== null && !items.some(({ id }) => id === first))
    printLine(`Default: ${first}, which no provider lists. Choose another with --model or in lathe.json.`);
  for (const { provider, message } of failures)
    printError(safeText(`${provider} does not answer: ${message}`));
}
