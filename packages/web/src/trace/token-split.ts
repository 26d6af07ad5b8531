// What the tokens of a span were: read from the cache, written to it, or neither.
import type { Attributes } from "@lathe/kernel";
import type { SpanTrace } from "@lathe/wire";
import { kindOf } from "./span-words.ts";

/** Null = the provider did not say. */
export interface TokenSplit {
  /** All of the input, what was read and written included. */
  readonly input: number | null;
  readonly read: number | null;
  readonly written: number | null;
  /** All of the output, reasoning included. */
  readonly output: number | null;
  readonly reasoning: number | null;
  /** The share of the input that was read from the cache. */
  readonly hitRate: number | null;
}

/** By span id. A step has the tokens of the last of its requests that reported any; prompts and tools have none. */
export function tokensBySpan(spans: readonly SpanTrace[]): ReadonlyMap<string, TokenSplit> {
  const tokens = new Map<string, TokenSplit>();
  const steps = new Set<string>();
  for (const span of spans) {
    if (kindOf(span) === "step") steps.add(span.spanId);
    const split = splitOf(span.attributes);
    if (split === undefined) continue;
    tokens.set(span.spanId, split);
    if (span.parentSpanId !== null && steps.has(span.parentSpanId)) tokens.set(span.parentSpanId, split);
  }
  return tokens;
}

export function splitOf(attributes: Attributes): TokenSplit | undefined {
  const input = amount(attributes.inputTokens);
  const read = amount(attributes.cacheReadTokens);
  const output = amount(attributes.outputTokens);
  if (input === null && output === null) return undefined;
  return {
    input,
    read,
    written: amount(attributes.cacheWriteTokens),
    output,
    reasoning: amount(attributes.reasoningTokens),
    hitRate: input === null || read === null || input === 0 ? null : Math.min(1, read / input),
  };
}

function amount(value: Attributes[string] | undefined): number | null {
  return typeof value === "number" && value >= 0 ? value : null;
}
