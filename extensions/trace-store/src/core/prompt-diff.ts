// What changed between two prompts: the members of their heads, and their messages, which are one JSON text a line.
import type { JsonValue } from "@lathe/kernel";
import type { Change, HeadChange, MessageChange } from "@lathe/wire";

const shownLengthMax = 400;
const shownMessagesMax = 200;

/** The members that are not the same; tools are compared one by one. */
export function diffHeads(before: string, after: string): readonly HeadChange[] {
  if (before === after) return [];
  const changes: HeadChange[] = [];
  const left = membersOf(before);
  const right = membersOf(after);
  for (const part of new Set([...left.keys(), ...right.keys()])) {
    const change = changeOf(left.get(part), right.get(part));
    if (change !== undefined) changes.push({ part, ...change });
  }
  return changes;
}

export interface MessageDiff {
  readonly sameAtBegin: number;
  readonly messages: readonly MessageChange[];
  readonly cut: boolean;
}

/**
 * Compares line by line: what is the same at the begin and at the end is left out, and of the rest each line is compared
 * with the one at its place. `firstIndex` = how many messages stand before these.
 */
export function diffMessages(before: string, after: string, firstIndex: number): MessageDiff {
  const left = linesOf(before);
  const right = linesOf(after);
  const shorter = Math.min(left.length, right.length);
  let begin = 0;
  while (begin < shorter && left[begin] === right[begin]) begin++;
  let end = 0;
  while (end < shorter - begin && left.at(-1 - end) === right.at(-1 - end)) end++;
  const removed = left.slice(begin, left.length - end);
  const added = right.slice(begin, right.length - end);
  const messages: MessageChange[] = [];
  for (let at = 0; at < Math.max(removed.length, added.length); at++) {
    const change = changeOf(removed[at], added[at]);
    if (change === undefined) continue;
    const role = roleOf(added[at] ?? removed[at] ?? "");
    messages.push({ index: firstIndex + begin + at, role, ...change });
  }
  return {
    sameAtBegin: firstIndex + begin,
    messages: messages.slice(0, shownMessagesMax),
    cut: messages.length > shownMessagesMax,
  };
}

/** The first UTF-16 unit at which two texts differ; null where they are equal. */
export function firstDifference(left: string, right: string): number | null {
  if (left === right) return null;
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at++) if (left.charCodeAt(at) !== right.charCodeAt(at)) return at;
  return shorter;
}

export function countLines(text: string): number {
  return linesOf(text).length;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  // Every line has its end, so behind the last one there is nothing.
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function changeOf(
  before: string | undefined,
  after: string | undefined,
): { readonly change: Change; readonly before: string | null; readonly after: string | null } | undefined {
  if (before === after) return undefined;
  const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  return { change, before: shown(before), after: shown(after) };
}

function shown(text: string | undefined): string | null {
  if (text === undefined) return null;
  return text.length <= shownLengthMax ? text : `${text.slice(0, shownLengthMax).toWellFormed()}…`;
}

/** The members of a head as JSON text, each tool as one of its own. A head that is no JSON object is one member. */
function membersOf(head: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  const object = parseObject(head);
  if (object === undefined) return members.set("head", head);
  for (const [name, value] of Object.entries(object)) {
    if (name !== "tools" || !Array.isArray(value)) members.set(name, JSON.stringify(value));
    else
      value.forEach((tool, index) => {
        members.set(`tools.${nameOf(tool) ?? index}`, JSON.stringify(tool));
      });
  }
  return members;
}

function nameOf(tool: JsonValue): string | undefined {
  if (typeof tool !== "object" || tool === null || !("name" in tool)) return undefined;
  return typeof tool.name === "string" ? tool.name : undefined;
}

function roleOf(line: string): string | null {
  const role = parseObject(line)?.role;
  return typeof role === "string" ? role : null;
}

function parseObject(text: string): Record<string, JsonValue> | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, JsonValue>)
      : undefined;
  } catch {
    return undefined;
  }
}
