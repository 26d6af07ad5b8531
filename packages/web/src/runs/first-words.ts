// What the first entry of a run says that it is about.
import type { RunEntry } from "@lathe/kernel";

const lengthMax = 80;

/** The name of the workflow, or the beginning of the message; null where it is neither. */
export function firstWords(entry: RunEntry): string | null {
  if (entry.type === "workflow-start") return entry.name;
  if (entry.type !== "user-message") return null;
  const text = entry.content.map((part) => part.text).join(" ");
  const line = text
    .slice(0, 10 * lengthMax)
    .replace(/\s+/g, " ")
    .trim();
  if (line === "") return null;
  return line.length > lengthMax ? `${line.slice(0, lengthMax).trimEnd()}…` : line;
}
