// Tool calls as lines of a table, each with what it was asked and what went wrong below it.
import type { ToolCallTrace } from "@lathe/wire";
import { durationText } from "./durations.ts";
import { shortText } from "./short-text.ts";
import { tableLines } from "./table.ts";

/** What is below a call is no longer than `widthMax`; its own line is not cut, since it ends with an id. */
export function callLines(calls: readonly ToolCallTrace[], widthMax: number): readonly string[] {
  const rows = tableLines(
    calls.map(({ startedAtMs, durationMs, outcome, tool, turnId }) => [
      new Date(startedAtMs).toISOString(),
      (durationMs === null ? "" : durationText(durationMs)).padStart(durationWidth),
      outcome ?? "not ended",
      tool,
      turnId,
    ]),
  );
  return calls.flatMap((call, index) => [rows[index] ?? "", ...linesBelow(call, widthMax)]);
}

const durationWidth = 8;
const indent = "    ";

function linesBelow({ input, error }: ToolCallTrace, widthMax: number): readonly string[] {
  const texts = [input?.beginning ?? "", error === null ? "" : `! ${error}`].filter((text) => text !== "");
  return texts.map((text) => indent + shortText(text, widthMax - indent.length));
}
