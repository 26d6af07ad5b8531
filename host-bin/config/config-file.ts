// Reads one lathe.json.
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import * as v from "valibot";
import { ConfigurationError } from "./config-error.ts";
import { type ConfigFile, ConfigFileSchema } from "./schema.ts";

const bytesMax = 1_048_576;

/**
 * The checked content; undefined where there is no such file. Throws ConfigurationError, which names file and field.
 */
export function readConfigFile(path: string): ConfigFile | undefined {
  const text = readText(path);
  return text === undefined ? undefined : parseConfig(path, text);
}

/** Checks the text of the file at `path`. Throws ConfigurationError. */
export function parseConfig(path: string, text: string): ConfigFile {
  const json = parseJson(path, text);
  // To valibot a list is an object that has none of the fields.
  if (Array.isArray(json))
    throw new ConfigurationError(`${path} cannot be used: the file must be an object.`);
  const checked = v.safeParse(ConfigFileSchema, json, { abortPipeEarly: true });
  if (checked.success) return checked.output;
  const problems = checked.issues.map(issueText);
  throw new ConfigurationError(`${path} cannot be used: ${problems.join("; ")}.`);
}

function readText(path: string): string | undefined {
  let descriptor: number;
  try {
    // Not blocking: a pipe in its place would be waited for.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ConfigurationError(`${path} cannot be read (${code}). Make it readable, or remove it.`, {
      cause,
    });
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile())
      throw new ConfigurationError(`${path} is not a file. Remove it, or put a file there.`);
    if (stats.size > bytesMax) throw new ConfigurationError(`${path} is larger than ${bytesMax} bytes.`);
    refuseForeign(path, stats);
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

/** Whoever can write the configuration decides where keys are sent. */
function refuseForeign(path: string, { uid, mode }: { uid: number; mode: number }): void {
  if ((mode & 0o002) !== 0)
    throw new ConfigurationError(`${path} can be written by everybody. Close it with: chmod o-w ${path}`);
  const user = process.getuid?.();
  if (user !== undefined && uid !== user && uid !== 0)
    throw new ConfigurationError(
      `${path} belongs to user ${uid}, and this is user ${user}. Replace it by a file of your own.`,
    );
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (cause) {
    const problem = cause instanceof Error ? withoutQuote(cause.message) : String(cause);
    throw new ConfigurationError(`${path} is not JSON: ${problem}. Correct it, or remove it.`);
  }
}

/** What the parser says without the piece of the file that it quotes: that may be of a key. */
function withoutQuote(message: string): string {
  return message.replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, "");
}

function issueText(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? "the file";
  if (issue.type === "strict_object")
    return issue.expected === "never" ? `${field} is not a setting` : `${field} must be an object`;
  return `${field} ${issue.message}`;
}
