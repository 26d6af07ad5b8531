// A turn's spans as lines: what each took, how it ended and its tokens in columns, and behind them the tree, so that the
// columns stay where they are however deep it is.
import type { Attributes } from "@lathe/kernel";
import type { SpanLog, SpanTrace, TurnTrace } from "@lathe/wire";
import { durationText } from "./durations.ts";
import { shortText } from "./short-text.ts";

interface Row {
  /** Below `titles`. */
  readonly figures: readonly string[];
  /** What stands before the words, to draw the tree. */
  readonly branch: string;
  readonly words: string;
}

const titles = ["took", "outcome", "in", "cached", "out"];
const noFigures = titles.map(() => "");

/** No line is longer than `widthMax`, as long as the tree leaves space for a few words. */
export function traceLines(trace: TurnTrace, widthMax: number): readonly string[] {
  const { turnId, conversationId, spans, cut } = trace;
  const rows = spans.flatMap((span, index) => {
    const { own, below } = branches(spans, index);
    const shown = span.logs.filter(({ level }) => level === "warn" || level === "error");
    return [rowOf(span, own), ...shown.map((log) => logRow(log, below))];
  });
  const [first] = spans;
  return [
    shortText(`turn ${turnId}`, widthMax),
    ...(conversationId === null ? [] : [shortText(`of ${conversationId}`, widthMax)]),
    ...(first === undefined ? [] : [`began ${new Date(first.startedAtMs).toISOString()}`]),
    ...alignedLines(rows, widthMax),
    ...(cut ? ["There are more spans than are shown."] : []),
  ];
}

function rowOf(span: SpanTrace, branch: string): Row {
  const { name, attributes, durationMs } = span;
  const { inputTokens, cacheReadTokens, outputTokens } = attributes;
  const figures = [
    durationMs === null ? "" : durationText(durationMs),
    outcomeOf(span),
    countOf(inputTokens),
    countOf(cacheReadTokens),
    countOf(outputTokens),
  ];
  const words = [labelOf(name, attributes), ...notesOf(name, attributes)].filter((word) => word !== "");
  return { figures, branch, words: words.join(" ") };
}

function logRow({ level, message }: SpanLog, branch: string): Row {
  return { figures: noFigures, branch, words: `! ${level}: ${message}` };
}

/** A call's own outcome says more than that of its span. */
function outcomeOf({ name, outcome, attributes }: SpanTrace): string {
  return name === "tool-call" && attributes.outcome !== undefined ? textOf(attributes.outcome) : outcome;
}

function labelOf(name: string, attributes: Attributes): string {
  if (name === "step") return `step ${textOf(attributes.index)}`;
  if (name === "tool-call") return textOf(attributes.tool);
  return name === "provider-request" ? "request" : name;
}

/** What matters most comes first: a narrow terminal shows no more. */
function notesOf(name: string, attributes: Attributes): readonly string[] {
  const { finishReason, failure, status, timeToFirstTokenMs, attempt } = attributes;
  const { agent, provider, model } = attributes;
  const notes: string[] = [];
  if (attributes.resumed === true) notes.push("resumed");
  if (typeof attempt === "number" && attempt > 1) notes.push(`attempt ${attempt}`);
  if (finishReason !== "stop" && failure === undefined) notes.push(textOf(finishReason));
  notes.push(textOf(failure), textOf(status));
  if (name === "turn") notes.push(textOf(agent), textOf(model));
  if (name === "provider-request") notes.push(`${textOf(provider)}/${textOf(model)}`);
  if (typeof timeToFirstTokenMs === "number") notes.push(`first token ${durationText(timeToFirstTokenMs)}`);
  if (attributes.ran === false) notes.push("not run");
  if (typeof attributes.sharedWith === "string") notes.push(`the same as ${attributes.sharedWith}`);
  if (typeof attributes.messageCount === "number") notes.push(`${attributes.messageCount} messages`);
  return notes;
}

function countOf(value: Attributes[string] | undefined): string {
  return typeof value === "number" ? String(value) : "";
}

function textOf(value: Attributes[string] | undefined): string {
  return value === undefined || value === null ? "" : String(value);
}

const wordsLengthMin = 20;
const outcomeColumn = titles.indexOf("outcome");
const cellLengthMax = 14;

/** Columns that hold nothing are left out. */
function alignedLines(rows: readonly Row[], widthMax: number): readonly string[] {
  const shown = titles.map((_, at) => at).filter((at) => rows.some(({ figures }) => figures[at] !== ""));
  const cellOf = (figures: readonly string[], at: number): string =>
    shortText(figures[at] ?? "", cellLengthMax);
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...rows.map(({ figures }) => cellOf(figures, at).length)),
  );
  return [{ figures: titles, branch: "", words: "span" }, ...rows].map(({ figures, branch, words }) => {
    const cells = shown.map((at) => {
      const cell = cellOf(figures, at);
      const width = widths[at] ?? 0;
      return `${at === outcomeColumn ? cell.padEnd(width) : cell.padStart(width)}  `;
    });
    const before = cells.join("") + branch;
    return before + shortText(words, Math.max(wordsLengthMin, widthMax - before.length));
  });
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
