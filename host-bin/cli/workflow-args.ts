// The arguments of a workflow as they are given on a command line.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { JsonValue } from "@lathe/kernel";
import { type CommandCall, textOption, UsageError } from "./command.ts";

/** Undefined where none are given. Throws UsageError. */
export async function workflowArgs(
  call: CommandCall,
  words: readonly string[],
): Promise<JsonValue | undefined> {
  const text = textOption(call, "args");
  const file = textOption(call, "args-file");
  const wayCount = [text, file, words[0]].filter((given) => given !== undefined).length;
  if (wayCount > 1)
    throw new UsageError("Give the arguments in one way: as words, with --args or --args-file.");
  if (text !== undefined) return parsed(text, "--args");
  if (file !== undefined) return parsed(await fileText(resolve(call.cwd, file)), `The file ${file}`);
  return wordsAsArgs(words);
}

/** `key=value ...` is an object; one word is the JSON that it is, or else a text. */
export function wordsAsArgs(words: readonly string[]): JsonValue | undefined {
  const [first] = words;
  if (first === undefined) return undefined;
  if (words.every((word) => pairForm.test(word))) return pairsAsObject(words);
  if (words.length > 1)
    throw new UsageError(
      "Arguments are one JSON value, one text, or key=value pairs only. Put quotes around text.",
    );
  if (/^\s*[[{]/.test(first)) return parsed(first, "The argument");
  return jsonOrText(first);
}

const pairForm = /^[A-Za-z_][\w.-]*=/;

function pairsAsObject(words: readonly string[]): JsonValue {
  const pairs = new Map<string, JsonValue>();
  for (const word of words) {
    const at = word.indexOf("=");
    const key = word.slice(0, at);
    if (pairs.has(key)) throw new UsageError(`The argument ${key} is given twice.`);
    pairs.set(key, jsonOrText(word.slice(at + 1)));
  }
  return Object.fromEntries(pairs);
}

/** What reads as JSON is its value; everything else is a text. */
export function jsonOrText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function parsed(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${what} must be JSON: ${reason}`);
  }
}

async function fileText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`The arguments cannot be read: ${reason}`);
  }
}
