import type { Usage } from "../contracts/usage.ts";

export const noUsage: Usage = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

/** Adds two reports; what neither reported stays `null`. */
export function addUsage(left: Usage, right: Usage): Usage {
  return {
    inputTokens: add(left.inputTokens, right.inputTokens),
    outputTokens: add(left.outputTokens, right.outputTokens),
    cacheReadTokens: add(left.cacheReadTokens, right.cacheReadTokens),
    cacheWriteTokens: add(left.cacheWriteTokens, right.cacheWriteTokens),
    reasoningTokens: add(left.reasoningTokens, right.reasoningTokens),
  };
}

function add(left: number | null, right: number | null): number | null {
  if (left === null) return right;
  if (right === null) return left;
  return left + right;
}

/** The report with `null` for what is no count: numbers below 0, with a fraction, or none at all. */
export function checkedUsage(usage: Usage): Usage {
  return {
    inputTokens: count(usage.inputTokens),
    outputTokens: count(usage.outputTokens),
    cacheReadTokens: count(usage.cacheReadTokens),
    cacheWriteTokens: count(usage.cacheWriteTokens),
    reasoningTokens: count(usage.reasoningTokens),
  };
}

function count(tokens: number | null): number | null {
  return Number.isSafeInteger(tokens) && (tokens as number) >= 0 ? tokens : null;
}

/** The context after one step: its input and its output. `null` where the provider reported neither. */
export function contextSizeOf(usage: Usage | null): number | null {
  return usage === null ? null : add(usage.inputTokens, usage.outputTokens);
}
