// What changed between two prompts, as lines.
import type { Change, PromptDiff } from "@lathe/wire";
import { safeText } from "./terminal.ts";

const marks: Readonly<Record<Change, string>> = { added: "+", removed: "-", changed: "~" };

export function diffLines(diff: PromptDiff): readonly string[] {
  const { from, to, firstDifferenceAt, head, sameMessageCount, messages, cut } = diff;
  const lines = [
    `step ${from.stepIndex}: ${from.length} characters, ${from.messageCount} messages`,
    `step ${to.stepIndex}: ${to.length} characters, ${to.messageCount} messages`,
    firstDifferenceAt === null
      ? "The prompts are equal."
      : `They differ from character ${firstDifferenceAt} on. Messages that are the same at the beginning: ${sameMessageCount}.`,
  ];
  for (const { part, change, before, after } of head)
    lines.push(...changeLines(`${marks[change]} ${part}`, before, after));
  for (const { index, change, role, before, after } of messages)
    lines.push(...changeLines(`${marks[change]} message ${index} (${role ?? "no role"})`, before, after));
  if (cut) lines.push("There are more changes than are shown.");
  return lines.map((line) => safeText(line).replaceAll("\n", " "));
}

function changeLines(title: string, before: string | null, after: string | null): readonly string[] {
  const lines = [title];
  if (before !== null) lines.push(`  - ${before}`);
  if (after !== null) lines.push(`  + ${after}`);
  return lines;
}
