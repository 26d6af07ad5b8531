// What the demo says of a tool's result.
import type { ToolDeclaration } from "@lathe/kernel";
import type { CallResult } from "../request-reading.ts";
import { type ListedEntry, largestOf, readListing } from "./listing.ts";
import { toolNames } from "./tool-use.ts";
import type { Wish } from "./wishes.ts";

const namedCountMax = 8;
const quotedLineCountMax = 20;
const quotedLengthMax = 1_500;

export function answerFor(wish: Wish, result: CallResult): string {
  if (result.isError)
    return `\`${result.toolName}\` could not do that. It says: ${firstLineOf(result.content)}`;
  switch (wish.kind) {
    case "list":
      return listAnswer(wish, result.content);
    case "read":
      return readAnswer(wish.path, result.content);
    case "search":
      return `I searched for \`${wish.pattern}\`:\n\n${quote(result.content)}`;
    case "write":
      return `Done. ${firstLineOf(result.content)}`;
    case "run":
      return `I ran \`${wish.command}\`:\n\n${quote(result.content)}`;
  }
}

export function missingAnswer(name: string): string {
  return `For that I would call the tool \`${name}\`, but this agent does not have it in a form that I know. Enable the extension that brings it, and ask again.`;
}

/** Who speaks, what it can do here, and how to speak with a real model. */
export function introduction(tools: readonly ToolDeclaration[]): string {
  const examples = Object.values(toolNames)
    .filter((name) => tools.some((tool) => tool.name === name))
    .map((name) => `- ${examplesOf[name]}`);
  const able =
    examples.length > 0
      ? `I understand a few phrases, call the agent's real tools, and answer from what they return. Try one of these:\n\n${examples.join("\n")}`
      : "I understand a few phrases that call tools, but this agent has none of the tools that I know.";
  return `I am Lathe's offline demo model: a small script, not a language model, so I cannot answer that. ${able}\n\nFor a real model, set its key in the environment (\`ANTHROPIC_API_KEY\`, \`OPENAI_API_KEY\` or \`DEEPSEEK_API_KEY\`) and start Lathe again. \`lathe models\` shows what can be used then.`;
}

const examplesOf: Readonly<Record<string, string>> = {
  list_files: "list the files in this folder and tell me which is the largest",
  read_file: "read README.md",
  search_files: 'search for "TODO"',
  write_file: "write a file notes.txt with hello",
  run_command: "run uname -a",
};

function listAnswer(wish: Extract<Wish, { kind: "list" }>, content: string): string {
  const entries = readListing(content);
  const files = entries.filter(({ kind }) => kind === "file");
  const folders = entries.filter(({ kind }) => kind === "folder");
  const where = wish.path === "." ? "this folder" : `\`${wish.path}\``;
  if (entries.length === 0)
    return `In ${where}, the listing shows nothing that I can read:\n\n${quote(content)}`;
  const counted = [counting(files, "file"), counting(folders, "folder")]
    .filter((part) => part !== "")
    .join(" and ");
  const sentence = `In ${where} there ${entries.length === 1 ? "is" : "are"} ${counted}: ${naming(entries)}.`;
  return wish.largest ? `${sentence}\n\n${largestSentence(files, wish.recursive)}` : sentence;
}

function largestSentence(files: readonly ListedEntry[], recursive: boolean): string {
  if (files.length === 0) return "There is no file among them, so none is the largest.";
  const largest = largestOf(files);
  if (largest === undefined) return "The listing does not say how large they are.";
  const below = recursive ? "" : " (files in subfolders are not counted)";
  return `The largest file is \`${largest.path}\` with ${sizeText(largest.sizeBytes ?? 0)}${below}.`;
}

function counting(entries: readonly ListedEntry[], noun: string): string {
  if (entries.length === 0) return "";
  return `${entries.length} ${noun}${entries.length === 1 ? "" : "s"}`;
}

function naming(entries: readonly ListedEntry[]): string {
  const names = entries
    .slice(0, namedCountMax)
    .map(({ path, kind }) => `\`${path}${kind === "folder" ? "/" : ""}\``);
  const leftCount = entries.length - names.length;
  return leftCount > 0 ? `${names.join(", ")} and ${leftCount} more` : names.join(", ");
}

function sizeText(bytes: number): string {
  const exact = `${bytes.toLocaleString("en-US")} byte${bytes === 1 ? "" : "s"}`;
  if (bytes < 1_024) return exact;
  const [amount, unit] = bytes < 1_048_576 ? [bytes / 1_024, "KiB"] : [bytes / 1_048_576, "MiB"];
  return `${exact} (${amount.toFixed(1)} ${unit})`;
}

function readAnswer(path: string, content: string): string {
  if (content.trim() === "") return `\`${path}\` is empty.`;
  const lineCount = content.replace(/\n$/, "").split("\n").length;
  return `\`${path}\` has ${lineCount} line${lineCount === 1 ? "" : "s"}. It begins:\n\n${quote(content, 6)}`;
}

/** The beginning of a text as a code block whose fence the text cannot close. */
function quote(text: string, lineCountMax = quotedLineCountMax): string {
  const lines = text.trimEnd().split("\n");
  const shown = lines.slice(0, lineCountMax).join("\n").slice(0, quotedLengthMax);
  const longestRun = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longestRun + 1);
  const rest = lines.length > lineCountMax ? `\n\n(${lines.length - lineCountMax} more lines)` : "";
  return `${fence}\n${shown === "" ? "(nothing)" : shown}\n${fence}${rest}`;
}

function firstLineOf(text: string): string {
  return (text.trim().split("\n")[0] ?? "").slice(0, 300);
}
