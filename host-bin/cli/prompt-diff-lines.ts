// What changed between two prompts, as lines.
import type { Change, PromptDiff, PromptName } from "@lathe/wire";
import { shortText } from "./short-text.ts";

const marks: Readonly<Record<Change, string>> = { added: "+", removed: "-", changed: "~" };

/** No line is longer than `widthMax`. */
export function diffLines(diff: PromptDiff, widthMax: number): readonly string[] {
  const { from, to, firstDifferenceAt, head, sameMessageCount, messages, cut } = diff;
  const line = (text: string): string => shortText(text, widthMax);
  const sides = (before: string | null, after: string | null) => sideLines(before, after, widthMax);
  const sizes = [line(sizeOf(from)), line(sizeOf(to))];
  if (firstDifferenceAt === null) return [...sizes, line("The prompts are equal.")];
  return [
    ...sizes,
    line(
      `Characters that are the same at the beginning: ${firstDifferenceAt} (${share(firstDifferenceAt, to)} of step ${to.stepIndex}).`,
    ),
    line(`Messages that are the same at the beginning: ${sameMessageCount}.`),
    ...head.flatMap(({ part, change, before, after }) => [
      line(`${marks[change]} ${part}`),
      ...sides(before, after),
    ]),
    ...messages.flatMap(({ index, change, role, before, after }) => [
      line(`${marks[change]} message ${index} (${role ?? "no role"})`),
      ...sides(before, after),
    ]),
    ...(cut ? [line("There are more changes than are shown.")] : []),
  ];
}

function sizeOf({ stepIndex, length, messageCount }: PromptName): string {
  return `step ${stepIndex}: ${length} characters, ${messageCount} messages`;
}

function share(characters: number, { length }: PromptName): string {
  return `${length === 0 ? 0 : Math.floor((100 * characters) / length)}%`;
}

const contextLength = 16;

/** Where both sides begin alike, they are shown from a little before the place at which they differ. */
function sideLines(before: string | null, after: string | null, widthMax: number): readonly string[] {
  const start = before === null || after === null ? 0 : Math.max(0, alike(before, after) - contextLength);
  const lines: string[] = [];
  if (before !== null) lines.push(`  - ${shortText(from(before, start), widthMax - 4)}`);
  if (after !== null) lines.push(`  + ${shortText(from(after, start), widthMax - 4)}`);
  return lines;
}

function alike(one: string, other: string): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  return length;
}

function from(text: string, start: number): string {
  return start === 0 ? text : `...${text.slice(start).toWellFormed()}`;
}
