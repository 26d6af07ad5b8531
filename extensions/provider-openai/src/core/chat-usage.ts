import { type JsonObject, objectOf, tokenCount, type Unchecked, type Usage } from "@lathe/extension-kit";

/**
 * The usage that a chunk carries, in the contract's form; `undefined` where it carries none. Seen at the top, below
 * `x_groq` (Groq) and in the choice (Moonshot).
 */
export function readUsage(chunk: JsonObject, choice: JsonObject | undefined): Usage | undefined {
  const usage = objectOf(chunk.usage) ?? objectOf(objectOf(chunk.x_groq)?.usage) ?? objectOf(choice?.usage);
  if (usage === undefined) return undefined;
  const prompt = objectOf(usage.prompt_tokens_details);
  const completion = objectOf(usage.completion_tokens_details);
  const reasoningTokens = firstCount(completion?.reasoning_tokens, usage.reasoning_tokens);
  return {
    inputTokens: tokenCount(usage.prompt_tokens),
    outputTokens: outputTokens(usage, reasoningTokens),
    cacheReadTokens: firstCount(prompt?.cached_tokens, usage.prompt_cache_hit_tokens, usage.cached_tokens),
    cacheWriteTokens: firstCount(prompt?.cache_write_tokens),
    reasoningTokens,
  };
}

/** xAI leaves the reasoning out of the completion; its total gives it away. */
function outputTokens(usage: JsonObject, reasoningTokens: number | null): number | null {
  const completion = tokenCount(usage.completion_tokens);
  const prompt = tokenCount(usage.prompt_tokens);
  if (completion === null || prompt === null || reasoningTokens === null) return completion;
  const apart = reasoningTokens > 0 && usage.total_tokens === prompt + completion + reasoningTokens;
  return apart ? completion + reasoningTokens : completion;
}

function firstCount(...values: readonly Unchecked[]): number | null {
  for (const value of values) {
    const count = tokenCount(value);
    if (count !== null) return count;
  }
  return null;
}
