// `lathe trace`: what happened in a turn, span by span.
import type { Client } from "@lathe/client";
import type { TraceBody } from "@lathe/wire";
import {
  conversationsEntries,
  conversationsGet,
  tracesBody,
  tracesDiff,
  tracesGet,
} from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { type Command, type CommandCall, isSet, UsageError } from "./command.ts";
import { diffLines } from "./prompt-diff-lines.ts";
import { calledAs, printJson, printLine, terminalWidth, writeAnswer } from "./terminal.ts";
import { traceLines } from "./trace-tree.ts";
import { withDaemon } from "./with-daemon.ts";

export const trace: Command = {
  usage: `TURN [--json] [--state DIR]
       lathe trace diff TURN STEP STEP [--json]
       lathe trace body TURN SPAN NAME

  TURN    the id of a turn, or of a conversation for its last turn
  STEP    a step of it, counted from 0
  SPAN    the id of one of its spans, as --json shows it
  NAME    a body of the span: prompt, request, response, input or output
  --json  prints the API's answer

Prints the turn's spans as a tree, with how each ended, what it took, and its tokens. diff shows what changed between the
prompts of two steps. body prints what a span holds, whole.`,
  options: { json: { type: "boolean" } },
  positionals: { min: 0, max: 4 },
  run: (call) => {
    const [verb, ...rest] = call.positionals;
    if (verb === "diff") return showDiff(call, rest);
    if (verb === "body") return showBody(call, rest);
    if (verb === undefined || rest.length > 0)
      throw new UsageError(`Name one turn: ${calledAs} trace TURN. Find it with: ${calledAs} traces`);
    return showTree(call, verb);
  },
};

function showTree(call: CommandCall, name: string): Promise<number> {
  return withDaemon(call, async (client) => {
    const shown = await client.call(tracesGet, { turnId: await turnIdOf(client, name) });
    if (isSet(call, "json")) printJson(shown);
    else for (const line of traceLines(shown, terminalWidth())) printLine(line);
    return exitCodes.ok;
  });
}

function showDiff(call: CommandCall, [name, from, to]: readonly string[]): Promise<number> {
  if (name === undefined || !isIndex(from) || !isIndex(to))
    throw new UsageError(`Say which steps, counted from 0: ${calledAs} trace diff TURN STEP STEP`);
  return withDaemon(call, async (client) => {
    const turnId = await turnIdOf(client, name);
    const diff = await client.call(tracesDiff, { turnId, from: Number(from), to: Number(to) });
    if (isSet(call, "json")) printJson(diff);
    else for (const line of diffLines(diff, terminalWidth())) printLine(line);
    return exitCodes.ok;
  });
}

function showBody(call: CommandCall, [name, span, body]: readonly string[]): Promise<number> {
  if (name === undefined || span === undefined || body === undefined)
    throw new UsageError(`Say which: ${calledAs} trace body TURN SPAN NAME`);
  return withDaemon(call, async (client) => {
    const asked = { turnId: await turnIdOf(client, name), spanId: span, name: body };
    for (let from: number | null = 0; from !== null; ) {
      const part: TraceBody = await client.call(tracesBody, { ...asked, from });
      writeAnswer(part.text);
      from = part.nextFrom;
    }
    printLine("");
    return exitCodes.ok;
  });
}

function isIndex(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,9}$/.test(text);
}

async function turnIdOf(client: Client, name: string): Promise<string> {
  if (!name.startsWith("cnv_")) return name;
  const { lastSeq } = await client.call(conversationsGet, { id: name });
  const asked = { id: name, sinceSeq: Math.max(0, lastSeq - 1), limit: 1 };
  const [last] = (await client.call(conversationsEntries, asked)).items;
  if (last === undefined) throw new UsageError("Nothing was said in this conversation yet.");
  return last.turnId;
}
