// The options of one agent() call, as scripts write them.
import type { AgentOverrides, JsonObject, JsonValue } from "@lathe/kernel";
import type { CallWords } from "../cache/identity.ts";
import { CallFailure } from "./call-failure.ts";

export interface AgentOptions {
  readonly label: string | null;
  readonly phase: string | null;
  readonly schema: JsonValue | undefined;
  /** `provider/model` or an alias; null = the agent's own. */
  readonly model: string | null;
  readonly agent: string | null;
  readonly overrides: AgentOverrides | null;
  readonly inWorktree: boolean;
  /** The script says that an answer of another run will do, although the agent can change things. */
  readonly trustsCache: boolean;
  /** Tokens that this agent alone may use; null = no bound of its own. */
  readonly tokens: number | null;
  /** Sentences about what was not understood. */
  readonly warnings: readonly string[];
}

const efforts = ["low", "medium", "high", "xhigh", "max"] as const;
const known = new Set([
  ...["label", "phase", "schema", "model", "effort", "isolation", "agentType"],
  ...["tools", "budget", "cache", "id"],
]);
/** What is for display alone, or says how and not what: two calls that differ in these are the same. */
const notIdentity = new Set(["label", "phase", "cache", "budget"]);

/** Throws CallFailure for an option that cannot be what was meant. */
export function readAgentOptions(options: JsonObject): AgentOptions {
  const effort = picked(options, "effort", efforts);
  const isolation = picked(options, "isolation", ["worktree"] as const);
  const tools = toolsOf(options.tools);
  const overrides: AgentOverrides = {
    ...(tools === undefined ? {} : { tools }),
    ...(effort === null ? {} : { effort }),
  };
  return {
    label: text(options, "label") ?? text(options, "id"),
    phase: text(options, "phase"),
    schema: options.schema ?? undefined,
    model: text(options, "model"),
    agent: text(options, "agentType"),
    overrides: Object.keys(overrides).length === 0 ? null : overrides,
    inWorktree: isolation === "worktree",
    trustsCache: options.cache === true,
    tokens: tokensOf(options.budget),
    warnings: Object.keys(options)
      .filter((name) => !known.has(name))
      .map((name) => `agent() has no option ${JSON.stringify(name)}; it is ignored.`),
  };
}

/** The part of a call that decides its answer. */
export function wordsOf(prompt: string, options: JsonObject): CallWords {
  const entries = Object.entries(options).filter(([name]) => known.has(name) && !notIdentity.has(name));
  return { kind: "agent", prompt, options: Object.fromEntries(entries) };
}

function text(options: JsonObject, name: string): string | null {
  const value = options[name];
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value === "" ? null : value;
  throw wrong(name, "a text");
}

function picked<Name extends string>(options: JsonObject, name: string, names: readonly Name[]): Name | null {
  const value = text(options, name);
  if (value === null) return null;
  const found = names.find((one) => one === value);
  if (found === undefined) throw wrong(name, `one of ${names.join(", ")}`);
  return found;
}

function toolsOf(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((one) => typeof one === "string"))
    return value as readonly string[];
  throw wrong("tools", "a list of names of tools");
}

/** A number of tokens, or `{ tokens }`. */
function tokensOf(value: JsonValue | undefined): number | null {
  if (value === undefined || value === null) return null;
  const isObject = typeof value === "object" && !Array.isArray(value);
  const tokens = isObject ? (value as JsonObject).tokens : value;
  if (typeof tokens === "number" && tokens > 0) return tokens;
  throw wrong("budget", "a number of tokens above 0");
}

function wrong(name: string, wanted: string): CallFailure {
  return new CallFailure("invalid-option", "TypeError", `agent(): the option ${name} must be ${wanted}.`);
}

/** What a call is called that has no label: the beginning of its prompt. */
export function shortLabel(prompt: string, index: number): string {
  const line = prompt.trim().split("\n", 1)[0] ?? "";
  return line === "" ? `agent ${index + 1}` : line.slice(0, 60).toWellFormed();
}
