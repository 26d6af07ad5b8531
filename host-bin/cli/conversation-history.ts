// `lathe conversations timeline` and `metrics`: what the turns of a conversation took.
import type { Client } from "@lathe/client";
import type { Usage } from "@lathe/kernel";
import type { Page, StepSummary, TurnMetrics, TurnSummary } from "@lathe/wire";
import { conversationsMetrics, conversationsTimeline } from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { type CommandCall, isSet } from "./command.ts";
import { durationText } from "./durations.ts";
import { pageQuery } from "./page-query.ts";
import { calledAs, printJson, printLine, safeText, terminalWidth } from "./terminal.ts";
import { withDaemon } from "./with-daemon.ts";

export function showTimeline(call: CommandCall, id: string): Promise<number> {
  const query = { id, ...pageQuery(call) };
  const ask = (client: Client) => client.call(conversationsTimeline, query);
  return show(call, `timeline ${id}`, ask, turnLines);
}

export function showMetrics(call: CommandCall, id: string): Promise<number> {
  const query = { id, ...pageQuery(call, 10, 50) };
  const ask = (client: Client) => client.call(conversationsMetrics, query);
  const linesOf = (turn: TurnMetrics) => [...turnLines(turn), ...turn.steps.flatMap(stepLines)];
  return show(call, `metrics ${id}`, ask, linesOf);
}

async function show<Item>(
  call: CommandCall,
  what: string,
  ask: (client: Client) => Promise<Page<Item>>,
  linesOf: (item: Item) => readonly string[],
): Promise<number> {
  const page = await withDaemon(call, ask);
  if (isSet(call, "json")) printJson(page);
  else {
    if (page.items.length === 0) printLine("There are no turns.");
    for (const line of page.items.flatMap(linesOf)) printLine(oneLine(line));
    if (page.nextCursor !== null)
      printLine(safeText(`There are more: ${calledAs} conversations ${what} --cursor ${page.nextCursor}`));
  }
  return exitCodes.ok;
}

function turnLines(turn: TurnSummary): readonly string[] {
  const took = turn.durationMs === null ? "" : durationText(turn.durationMs);
  const ended = `${turn.finishReason ?? "running"}${turn.undone ? ", undone" : ""}`;
  const began = new Date(turn.startedAtMs).toISOString();
  const counts = `${counted(turn.stepCount, "step")}, ${counted(turn.toolCallCount, "call")}`;
  return [
    [turn.turnId, began, took, ended].filter((part) => part !== "").join("  "),
    `  ${counts}, ${tokensText(turn.usage, turn.cacheHitRate)}`,
    `  ${turn.preview}`,
  ];
}

function stepLines(step: StepSummary): readonly string[] {
  const { timeToFirstTokenMs, decodeMs, totalMs } = step.metrics;
  const times = [
    ...(timeToFirstTokenMs === null ? [] : [`first token ${durationText(timeToFirstTokenMs)}`]),
    ...(decodeMs === null ? [] : [`answer ${durationText(decodeMs)}`]),
    `in all ${durationText(totalMs)}`,
  ].join(", ");
  const tokens = step.usage === null ? "" : `, ${tokensText(step.usage, step.cacheHitRate)}`;
  return [
    `    #${step.index} ${step.provider}/${step.model}  ${step.finishReason}${tokens}`,
    `       ${times}`,
    ...step.toolCalls.map((call) => `       ${call.name}  ${call.outcome}  ${durationText(call.durationMs)}`),
  ];
}

function tokensText({ inputTokens, outputTokens }: Usage, cacheHitRate: number | null): string {
  const cached = cacheHitRate === null ? "" : ` (${Math.round(cacheHitRate * 100)}% from the cache)`;
  return `${inputTokens ?? "?"} tokens in${cached}, ${outputTokens ?? "?"} out`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function oneLine(text: string): string {
  const line = safeText(text).replace(/\s/g, " ").trimEnd();
  const width = terminalWidth();
  // A line that holds an id is not cut: ids are there to be copied.
  return line.length <= width || line.startsWith("trn_") ? line : `${line.slice(0, width - 3)}...`;
}
