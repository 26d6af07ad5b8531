// `lathe conversations`: what was talked about, and where to go on from.
import type { Client } from "@lathe/client";
import type { Conversation } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import {
  conversationsFork,
  conversationsGet,
  conversationsList,
  conversationsRestore,
  conversationsUpdate,
} from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { type Command, type CommandCall, isSet, textOption, UsageError } from "./command.ts";
import { showMetrics, showTimeline } from "./conversation-history.ts";
import { pageQuery } from "./page-query.ts";
import { tableLines } from "./table.ts";
import { calledAs, printJson, printLine, safeText } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";

export const conversations: Command = {
  usage: `[--limit N] [--cursor CURSOR] [--json] [--state DIR]
       lathe conversations timeline ID [--limit N] [--cursor CURSOR] [--json]
       lathe conversations metrics ID [--limit N] [--cursor CURSOR] [--json]
       lathe conversations fork ID [--turn ID | --seq N] [--model PROVIDER/MODEL] [--title TEXT] [--json]
       lathe conversations restore ID --turn ID [--json]
       lathe conversations rename ID --title TEXT [--json]

  --limit N               how many, from 1 to 200 (default 50); of metrics, from 1 to 50 (default 10)
  --cursor CURSOR         goes on where a list ended
  --turn ID               fork: shares everything up to the end of this turn; restore: goes on from there
  --seq N                 fork: shares everything up to this position, which is the end of a step or of a turn
  --model PROVIDER/MODEL  fork: the model of the new conversation; the other's where absent
  --title TEXT            fork: the title of the new conversation, that of the other with "Fork: " before it where
                          absent; rename: the title from now on
  --json                  prints the API's answer

The list begins with the conversation that has the newest message. timeline shows the turns of a conversation, newest
first, and metrics what each of their steps took. fork begins a conversation that shares what was said in another, all of
it where neither --turn nor --seq is given; what is said in one of them afterwards is not seen in the other. restore goes
back in one: what came after the turn stays in the log, and models do not see it any more. rename gives a conversation
another title.`,
  options: {
    limit: { type: "string" },
    cursor: { type: "string" },
    turn: { type: "string" },
    seq: { type: "string" },
    model: { type: "string" },
    title: { type: "string" },
    json: { type: "boolean" },
  },
  positionals: { min: 0, max: 2 },
  run: runVerb,
};

interface Verb {
  readonly options: readonly string[];
  readonly run: (call: CommandCall, id: string) => Promise<number>;
}

const verbs: Readonly<Record<string, Verb>> = {
  timeline: { options: ["limit", "cursor"], run: showTimeline },
  metrics: { options: ["limit", "cursor"], run: showMetrics },
  fork: { options: ["turn", "seq", "model", "title"], run: forkConversation },
  restore: { options: ["turn"], run: restoreConversation },
  rename: { options: ["title"], run: renameConversation },
};
const listOptions = ["limit", "cursor"];
const titleLengthMax = 60;

async function runVerb(call: CommandCall): Promise<number> {
  const [name, id] = call.positionals;
  if (name === undefined) {
    refuseOthers(call, listOptions, "the list");
    return await listConversations(call);
  }
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined)
    throw new UsageError(
      `There is no "lathe conversations ${name}". There are timeline, metrics, fork, restore and rename.`,
    );
  if (id === undefined) throw new UsageError(`Say which conversation: ${calledAs} conversations ${name} ID`);
  refuseOthers(call, verb.options, name);
  return await verb.run(call, id);
}

function refuseOthers(call: CommandCall, known: readonly string[], place: string): void {
  for (const option of [...listOptions, ...(verbs.fork?.options ?? [])]) {
    if (!known.includes(option) && textOption(call, option) !== undefined)
      throw new UsageError(`--${option} means nothing to ${place}.`);
  }
}

async function listConversations(call: CommandCall): Promise<number> {
  const query = pageQuery(call);
  const page = await withDaemon(call, (client) => client.call(conversationsList, query));
  if (isSet(call, "json")) printJson(page);
  else printPage(page);
  return exitCodes.ok;
}

function printPage({ items, nextCursor }: Page<Conversation>): void {
  if (items.length === 0) printLine('There are none yet. Begin one with: lathe run "..."');
  const rows = items.map(({ id, lastActiveAtMs, state, title, cwd }) => [
    id,
    new Date(lastActiveAtMs).toISOString(),
    state === "idle" ? "" : "running",
    cut(title ?? cwd),
  ]);
  for (const line of tableLines(rows)) printLine(line);
  if (nextCursor !== null) printLine(`There are more: ${calledAs} conversations --cursor ${nextCursor}`);
}

function cut(text: string): string {
  return text.length > titleLengthMax ? `${text.slice(0, titleLengthMax)}...` : text;
}

async function forkConversation(call: CommandCall, id: string): Promise<number> {
  const turnId = textOption(call, "turn");
  const seq = seqOf(call);
  if (turnId !== undefined && seq !== undefined) throw new UsageError("Give either --turn or --seq.");
  const wishes = { model: textOption(call, "model"), title: textOption(call, "title") };
  const fork = await withDaemon(
    call,
    async (client) => {
      const place = turnId === undefined ? { seq: seq ?? (await lastSeqOf(client, id)) } : { turnId };
      return await client.call(conversationsFork, { id, ...place, ...wishes });
    },
    { repeatable: false },
  );
  if (isSet(call, "json")) printJson(fork);
  else {
    printLine(safeText(fork.id));
    printLine(safeText(`Go on with: ${calledAs} run --conversation ${fork.id} "..."`));
  }
  return exitCodes.ok;
}

function seqOf(call: CommandCall): number | undefined {
  const text = textOption(call, "seq");
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError("--seq must be a position, a number from 1.");
  return Number(text);
}

async function lastSeqOf(client: Client, id: string): Promise<number> {
  const { lastSeq } = await client.call(conversationsGet, { id });
  if (lastSeq === 0) throw new Error(`Nothing was said in ${id} yet, so there is nothing to share.`);
  return lastSeq;
}

async function restoreConversation(call: CommandCall, id: string): Promise<number> {
  const turnId = textOption(call, "turn");
  if (turnId === undefined)
    throw new UsageError(`Say from which turn to go on: ${calledAs} conversations restore ID --turn ID`);
  const entry = await withDaemon(call, (client) => client.call(conversationsRestore, { id, turnId }));
  if (isSet(call, "json")) printJson(entry);
  else printLine(safeText(`${id} goes on from position ${entry.toSeq}, the end of ${entry.turnId}.`));
  return exitCodes.ok;
}

async function renameConversation(call: CommandCall, id: string): Promise<number> {
  const title = textOption(call, "title");
  if (title === undefined)
    throw new UsageError(`Say what to call it: ${calledAs} conversations rename ID --title TEXT`);
  const renamed = await withDaemon(call, (client) => client.call(conversationsUpdate, { id, title }));
  if (isSet(call, "json")) printJson(renamed);
  else printLine(safeText(`${id} is called: ${renamed.title}`));
  return exitCodes.ok;
}
