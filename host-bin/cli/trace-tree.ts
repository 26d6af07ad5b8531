// A turn's spans as lines: a tree, with how each span ended, what it took, and its tokens.
import type { Attributes } from "@lathe/kernel";
import type { SpanLog, SpanTrace, TurnTrace } from "@lathe/wire";
import { durationText } from "./durations.ts";
import { tableLines } from "./table.ts";

export function traceLines({ turnId, conversationId, spans, cut }: TurnTrace): readonly string[] {
  const rows = spans.flatMap((span, index) => {
    const { own, below } = branches(spans, index);
    const shown = span.logs.filter(({ level }) => level === "warn" || level === "error");
    return [rowOf(span, own), ...shown.map((log) => logRow(log, below))];
  });
  const title = `${turnId}${conversationId === null ? "" : ` of ${conversationId}`}`;
  const lines = [...tableLines([[title]]), ...tableLines(rows)];
  return cut ? [...lines, "There are more spans than are shown."] : lines;
}

function rowOf(span: SpanTrace, branch: string): readonly string[] {
  const { name, attributes, outcome, durationMs } = span;
  return [
    `${branch}${labelOf(name, attributes)}`,
    outcome,
    durationMs === null ? "" : durationText(durationMs),
    tokensOf(attributes),
    notesOf(span),
  ];
}

function logRow({ level, message }: SpanLog, branch: string): readonly string[] {
  return [`${branch}! ${message}`, level, "", "", ""];
}

function labelOf(name: string, attributes: Attributes): string {
  if (name === "step") return `step ${textOf(attributes.index)}`;
  if (name === "tool-call") return `tool-call ${textOf(attributes.tool)}`;
  if (name !== "provider-request") return name;
  const attempt = attributes.attempt === 1 ? "" : ` (attempt ${textOf(attributes.attempt)})`;
  return `provider-request ${textOf(attributes.provider)}/${textOf(attributes.model)}${attempt}`;
}

function tokensOf(attributes: Attributes): string {
  const { inputTokens, outputTokens } = attributes;
  if (typeof inputTokens !== "number" && typeof outputTokens !== "number") return "";
  const incoming = parts([
    [attributes.cacheReadTokens, "from the cache"],
    [attributes.cacheWriteTokens, "to the cache"],
  ]);
  const outgoing = parts([[attributes.reasoningTokens, "of reasoning"]]);
  return `${inputTokens ?? "?"} in${incoming}, ${outputTokens ?? "?"} out${outgoing}`;
}

function parts(counted: readonly (readonly [unknown, string])[]): string {
  const named = counted.filter(([count]) => typeof count === "number" && count > 0);
  return named.length === 0 ? "" : ` (${named.map(([count, name]) => `${count} ${name}`).join(", ")})`;
}

function notesOf({ name, outcome, attributes }: SpanTrace): string {
  const { finishReason, timeToFirstTokenMs, decodeMs, failure, status } = attributes;
  const notes: string[] = [];
  if (name === "tool-call" && attributes.outcome !== outcome) notes.push(textOf(attributes.outcome));
  if (name === "turn") notes.push(textOf(attributes.agent), textOf(attributes.model));
  if (typeof timeToFirstTokenMs === "number")
    notes.push(`first token after ${durationText(timeToFirstTokenMs)}`);
  if (typeof decodeMs === "number") notes.push(`then ${durationText(decodeMs)}`);
  notes.push(textOf(finishReason), textOf(failure), textOf(status));
  return notes.filter((note) => note !== "").join(", ");
}

function textOf(value: Attributes[string] | undefined): string {
  return value === undefined || value === null ? "" : String(value);
}

/** What stands before a span's name, and before the lines below it. */
function branches(
  spans: readonly SpanTrace[],
  index: number,
): { readonly own: string; readonly below: string } {
  const depth = spans[index]?.depth ?? 0;
  let before = "";
  for (let level = 1; level < depth; level++) before += goesOn(spans, index, level) ? "│  " : "   ";
  const isLast = depth > 0 && !goesOn(spans, index, depth);
  const own = depth === 0 ? "" : `${before}${isLast ? "└─ " : "├─ "}`;
  const below = depth === 0 ? "" : `${before}${isLast ? "   " : "│  "}`;
  return { own, below: `${below}${(spans[index + 1]?.depth ?? 0) > depth ? "│  " : "   "}` };
}

/** Whether a later span stands beside the one of this level that `index` is below of, or is. */
function goesOn(spans: readonly SpanTrace[], index: number, level: number): boolean {
  for (let at = index + 1; at < spans.length; at++) {
    const depth = spans[at]?.depth ?? 0;
    if (depth <= level) return depth === level;
  }
  return false;
}
