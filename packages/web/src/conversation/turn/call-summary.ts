// A tool call in one line: what is done to what, and how it went.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import type { ToolCallView } from "@lathe/wire";
import type { Tone } from "../../kit/badge.tsx";

/** The fields that say most, the most telling first; many tools have one of them. */
const tellingFields = [
  "command",
  "path",
  "file_path",
  "file",
  "pattern",
  "query",
  "url",
  "name",
  "prompt",
  "text",
] as const;
const lengthMax = 160;

/** The argument that tells the call from others, on one line; empty where none does. */
export function tellingArgument(input: JsonValue): string {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return onOneLine(shortJson(input));
  const fields = input as JsonObject;
  const field = tellingFields.find((name) => isTelling(fields[name]));
  if (field !== undefined) return onOneLine(String(fields[field]));
  const first = Object.values(fields).find(isTelling);
  return first === undefined ? "" : onOneLine(String(first));
}

function isTelling(value: JsonValue | undefined): boolean {
  return (typeof value === "string" && value.trim() !== "") || typeof value === "number";
}

function shortJson(input: JsonValue): string {
  return input === null ? "" : JSON.stringify(input).slice(0, lengthMax + 1);
}

function onOneLine(text: string): string {
  const [line = ""] = text.trim().split("\n", 1);
  const isCut = line.length > lengthMax || line.length < text.trim().length;
  return isCut ? `${line.slice(0, lengthMax)}…` : line;
}

export interface CallState {
  readonly word: string;
  readonly tone: Tone;
  readonly isLive: boolean;
}

const outcomes: Readonly<Record<NonNullable<ToolCallView["outcome"]>, CallState>> = {
  ok: { word: "Done", tone: "success", isLive: false },
  error: { word: "Failed", tone: "danger", isLive: false },
  timeout: { word: "Timed out", tone: "danger", isLive: false },
  aborted: { word: "Stopped", tone: "warning", isLive: false },
  "invalid-input": { word: "Wrong input", tone: "danger", isLive: false },
  "unknown-tool": { word: "Unknown tool", tone: "danger", isLive: false },
  denied: { word: "Denied", tone: "danger", isLive: false },
  interrupted: { word: "Interrupted", tone: "warning", isLive: false },
};

const underWay: Readonly<Record<Exclude<ToolCallView["status"], "done">, CallState>> = {
  writing: { word: "Writing", tone: "info", isLive: true },
  ready: { word: "Ready", tone: "info", isLive: true },
  running: { word: "Running", tone: "info", isLive: true },
  "not-run": { word: "Not run", tone: "warning", isLive: false },
};

export function callState({ status, outcome, isError }: ToolCallView): CallState {
  if (status !== "done") return underWay[status];
  if (outcome !== null) return outcomes[outcome];
  return isError === true ? outcomes.error : outcomes.ok;
}

/** What an outcome means where its word alone leaves one wondering. */
export function outcomeNote({ status, outcome }: ToolCallView): string | null {
  if (status === "not-run") return "The turn ended before this call could run.";
  if (outcome === "interrupted")
    return "The daemon ended while it ran. Whether it took effect is not known; it was not run again.";
  if (outcome === "aborted") return "It was stopped while it ran. What it had done until then stays.";
  if (outcome === "timeout") return "It took longer than it may, and was given up.";
  return null;
}
