// The texts of a turn: what was asked, and what was answered.
import type { TextPart } from "@lathe/kernel";
import type { TurnView } from "@lathe/wire";

export function textOf(parts: readonly TextPart[]): string {
  return parts.map(({ text }) => text).join("\n");
}

/** Everything that the model wrote for people, in order; not its reasoning, and not its calls. */
export function answerOf({ steps }: Pick<TurnView, "steps">): string {
  const texts = steps.flatMap(({ parts }) => parts.map((part) => (part.type === "text" ? part.text : "")));
  return texts.filter((text) => text.trim() !== "").join("\n\n");
}

/** The share of the prompts that came from the cache, from 0 to 1; null where it was not reported. */
export function cacheShareOf({ done }: Pick<TurnView, "done">): number | null {
  const { inputTokens = null, cacheReadTokens = null } = done?.usage ?? {};
  if (inputTokens === null || cacheReadTokens === null || inputTokens === 0) return null;
  return cacheReadTokens / inputTokens;
}
