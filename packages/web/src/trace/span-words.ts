// What the spans of a turn are called, and how they ended, in words.
import type { Attributes } from "@lathe/kernel";
import type { SpanTrace } from "@lathe/wire";
import type { Tone } from "../kit/badge.tsx";

export type SpanKind = "turn" | "step" | "prompt" | "request" | "tool" | "other";

const kinds: Readonly<Record<string, SpanKind>> = {
  turn: "turn",
  step: "step",
  prompt: "prompt",
  "provider-request": "request",
  "tool-call": "tool",
};

/** What each kind is, for those who do not see the picture before its name. */
export const kindWords: Readonly<Record<SpanKind, string>> = {
  turn: "turn",
  step: "step",
  prompt: "what the model is sent",
  request: "request to the provider",
  tool: "tool call",
  other: "span",
};

export function kindOf({ name }: SpanTrace): SpanKind {
  return Object.hasOwn(kinds, name) ? (kinds[name] ?? "other") : "other";
}

/** Short: "Step 2", "read_file". Steps are counted from 0, as everywhere else. */
export function labelOf(span: SpanTrace): string {
  const { attributes, name } = span;
  switch (kindOf(span)) {
    case "turn":
      return "Turn";
    case "step":
      return `Step ${wordOf(attributes.index)}`.trimEnd();
    case "prompt":
      return "Prompt";
    case "request":
      return "Request";
    case "tool":
      return wordOf(attributes.tool) || name;
    case "other":
      return name;
  }
}

/** What matters most comes first: a narrow pane shows no more. */
export function notesOf(span: SpanTrace): readonly string[] {
  const { attributes } = span;
  const { attempt, status, failure, finishReason, messageCount, sharedWith } = attributes;
  const notes: string[] = [];
  if (attributes.resumed === true) notes.push("went on after a restart");
  if (typeof attempt === "number" && attempt > 1) notes.push(`attempt ${attempt}`);
  if (failure !== undefined) notes.push(wordOf(failure));
  if (status !== undefined) notes.push(wordOf(status));
  if (finishReason !== "stop" && failure === undefined) notes.push(reasonWord(finishReason));
  if (kindOf(span) === "turn") notes.push(wordOf(attributes.agent), wordOf(attributes.model));
  if (kindOf(span) === "request") notes.push(`${wordOf(attributes.provider)}/${wordOf(attributes.model)}`);
  if (attributes.ran === false) notes.push("did not run");
  if (typeof sharedWith === "string") notes.push(`answered by ${sharedWith}`);
  if (typeof messageCount === "number")
    notes.push(messageCount === 1 ? "1 message" : `${messageCount} messages`);
  return notes.filter((note) => note !== "");
}

export interface OutcomeWord {
  readonly word: string;
  readonly tone: Tone;
}

const outcomes: Readonly<Record<string, OutcomeWord>> = {
  ok: { word: "ok", tone: "neutral" },
  error: { word: "failed", tone: "danger" },
  aborted: { word: "stopped", tone: "warning" },
  open: { word: "running", tone: "info" },
  interrupted: { word: "interrupted", tone: "warning" },
  timeout: { word: "timed out", tone: "danger" },
  "invalid-input": { word: "invalid input", tone: "danger" },
  "unknown-tool": { word: "no such tool", tone: "danger" },
  denied: { word: "denied", tone: "warning" },
};

/** How it ended. What a call says of itself is more exact than what its span says. */
export function outcomeOf(span: SpanTrace): OutcomeWord {
  const own = kindOf(span) === "tool" && span.outcome !== "open" ? span.attributes.outcome : undefined;
  return outcomeWord(typeof own === "string" ? own : span.outcome);
}

export function outcomeWord(outcome: string): OutcomeWord {
  return Object.hasOwn(outcomes, outcome)
    ? (outcomes[outcome] ?? { word: outcome, tone: "neutral" })
    : { word: outcome, tone: "neutral" };
}

export function isFailure(span: SpanTrace): boolean {
  const { tone } = outcomeOf(span);
  return tone === "danger" || tone === "warning" || span.logs.some(({ level }) => level === "error");
}

function reasonWord(reason: Attributes[string] | undefined): string {
  return reason === "tool-calls" ? "calls tools" : wordOf(reason);
}

function wordOf(value: Attributes[string] | undefined): string {
  return value === undefined || value === null ? "" : String(value);
}
