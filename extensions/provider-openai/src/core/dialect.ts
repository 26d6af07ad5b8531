// How servers of the chat completions API differ in what they want to be sent. Data: a new server is a new entry.
import type { JsonObject, ModelSettings } from "@lathe/kernel";

export interface Dialect {
  /** The member that limits the answer's length. */
  readonly outputTokensMaxField: "max_completion_tokens" | "max_tokens";
  readonly systemRole: "system" | "developer";
  /** Asks for usage at the end of the stream; `null` where the server refuses the member. */
  readonly streamOptions: JsonObject | null;
  /** The member that routes a conversation to its prompt cache; `null` where there is none. */
  readonly cacheKeyField: string | null;
  /** The member of an assistant message that carries its reasoning back; `null` = reasoning is not sent back. */
  readonly reasoningField: "reasoning_content" | "reasoning" | null;
  /** The server answers 400 to an assistant message without the reasoning member, also where it is empty. */
  readonly reasoningFieldAlways: boolean;
  /** Sends `reasoning_details` (signatures, encrypted reasoning) back unchanged. */
  readonly reasoningDetails: boolean;
  /** The server refuses `content: null` beside tool calls. */
  readonly assistantContentNeverNull: boolean;
  /** The server wants the tool's name in a tool's message. */
  readonly toolResultName: boolean;
  /** The form of the ids of calls. */
  readonly callIds: "any" | "nine-letters-and-digits";
  /** What each wish for effort adds to the request. */
  readonly effort: Readonly<Record<Effort, JsonObject>>;
}

export type DialectName =
  | "generic"
  | "openai"
  | "deepseek"
  | "openrouter"
  | "moonshot"
  | "zai"
  | "mistral"
  | "groq"
  | "perplexity";

export type Effort = NonNullable<ModelSettings["effort"]>;

const efforts: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

function effortIn(member: (effort: Effort) => JsonObject): Readonly<Record<Effort, JsonObject>> {
  return Object.fromEntries(efforts.map((effort) => [effort, member(effort)])) as Record<Effort, JsonObject>;
}

/** What most servers understand. */
const generic: Dialect = {
  outputTokensMaxField: "max_tokens",
  systemRole: "system",
  streamOptions: { include_usage: true },
  cacheKeyField: null,
  reasoningField: null,
  reasoningFieldAlways: false,
  reasoningDetails: false,
  assistantContentNeverNull: false,
  toolResultName: false,
  callIds: "any",
  effort: effortIn((effort) => ({ reasoning_effort: effort })),
};

const deepSeekEffort: Readonly<Record<Effort, JsonObject>> = {
  none: { thinking: { type: "disabled" } },
  minimal: { reasoning_effort: "low" },
  low: { reasoning_effort: "low" },
  medium: { reasoning_effort: "high" },
  high: { reasoning_effort: "high" },
  xhigh: { reasoning_effort: "max" },
  max: { reasoning_effort: "max" },
};

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  generic,
  openai: {
    ...generic,
    outputTokensMaxField: "max_completion_tokens",
    // The padding that hides the length of tokens doubles what has to be read.
    streamOptions: { include_usage: true, include_obfuscation: false },
    cacheKeyField: "prompt_cache_key",
  },
  deepseek: {
    ...generic,
    reasoningField: "reasoning_content",
    reasoningFieldAlways: true,
    assistantContentNeverNull: true,
    effort: deepSeekEffort,
  },
  openrouter: {
    ...generic,
    reasoningField: "reasoning",
    reasoningDetails: true,
    effort: effortIn((effort) => ({ reasoning: effort === "none" ? { enabled: false } : { effort } })),
  },
  moonshot: { ...generic, reasoningField: "reasoning_content" },
  zai: {
    ...generic,
    reasoningField: "reasoning_content",
    effort: effortIn((effort) => ({ thinking: { type: effort === "none" ? "disabled" : "enabled" } })),
  },
  mistral: {
    ...generic,
    streamOptions: null,
    toolResultName: true,
    callIds: "nine-letters-and-digits",
    effort: effortIn((effort) => ({ reasoning_effort: effort === "none" ? "none" : "high" })),
  },
  groq: { ...generic, outputTokensMaxField: "max_completion_tokens" },
  perplexity: { ...generic, streamOptions: null },
};

const dialectByHost: readonly (readonly [host: string, dialect: DialectName])[] = [
  ["api.openai.com", "openai"],
  ["api.deepseek.com", "deepseek"],
  ["openrouter.ai", "openrouter"],
  ["api.moonshot.ai", "moonshot"],
  ["api.moonshot.cn", "moonshot"],
  ["api.z.ai", "zai"],
  ["api.mistral.ai", "mistral"],
  ["api.groq.com", "groq"],
  ["api.perplexity.ai", "perplexity"],
];

/** The dialect of a known host; `generic` for any other. */
export function dialectOfHost(baseUrl: string): DialectName {
  const host = URL.parse(baseUrl)?.hostname;
  return dialectByHost.find(([known]) => known === host)?.[1] ?? "generic";
}
