// What a change of the prompt means for the cache of a provider, in sentences. A cache reads a prompt from its begin up to
// the first place that is not as it was.
import type { PromptDiff } from "@lathe/wire";
import { cacheGrade, count, counted, percent as spacedPercent } from "../kit/amounts.ts";
import type { TokenSplit } from "./token-split.ts";

/** What the two have in common at their begin. */
export function commonSentence({ firstDifferenceAt, from, to, sameMessageCount }: PromptDiff): string {
  if (firstDifferenceAt === null)
    return `Both prompts are the same, character by character: ${counted(to.messageCount, "message")}.`;
  const share = to.length === 0 ? 0 : firstDifferenceAt / to.length;
  const messages = `${counted(sameMessageCount, "message")} of ${count(to.messageCount)}`;
  return (
    `The first ${counted(firstDifferenceAt, "character")} are as they were in step ${from.stepIndex}: ` +
    `${percent(share)} of this prompt, with ${messages}.`
  );
}

/** Why the cache could not be used any further. */
export function cacheSentence(diff: PromptDiff): string {
  const { firstDifferenceAt, head, messages, sameMessageCount, from } = diff;
  if (firstDifferenceAt === null) return "All of it could come from the cache.";
  const parts = head.map(({ part }) => part);
  if (parts.includes("provider") || parts.includes("model"))
    return "Another model was asked. Each keeps a cache of its own, so nothing of the other's could be used.";
  if (parts.some((part) => part === "tools" || part.startsWith("tools.")))
    return `${toolChange(diff)} The tools stand before every message, so none of the messages could come from the cache.`;
  if (parts.includes("system"))
    return "The system text changed. It stands before every message, so none of the messages could come from the cache.";
  if (parts.length > 0)
    return `The head changed (${parts.join(", ")}). It stands before every message, so none of them could come from the cache.`;
  if (sameMessageCount === from.messageCount)
    return "Messages were only added at the end, so the whole of the earlier prompt could come from the cache.";
  const [first] = messages;
  const role = first?.role == null ? "" : ` (${first.role})`;
  const verb = first?.change === "removed" ? "was removed" : "is not as it was";
  return (
    `Message ${sameMessageCount}${role} ${verb}. ` +
    "What stands before it could come from the cache, and nothing behind it, even where it is the same."
  );
}

/** What the provider says that it did read, beside what it could have read. */
export function measuredSentence(
  { firstDifferenceAt, to }: PromptDiff,
  tokens: TokenSplit | undefined,
): string | undefined {
  if (tokens === undefined) return undefined;
  if (tokens.hitRate === null) return "The provider did not say how much it read from its cache.";
  const { hitRate, read, input } = tokens;
  const said = `The provider says that it read ${count(read)} of ${counted(input ?? 0, "input token")} from its cache: ${percent(hitRate)}, ${cacheGrade(hitRate)}.`;
  const possible = firstDifferenceAt === null ? 1 : firstDifferenceAt / Math.max(1, to.length);
  // Characters are not tokens: only a wide gap says something.
  return possible - hitRate > 0.25
    ? `${said} That is less than the prompt allows: the cache may have expired, or keeps only longer beginnings.`
    : said;
}

function toolChange({ head }: PromptDiff): string {
  const tools = head.filter(({ part }) => part === "tools" || part.startsWith("tools."));
  const [first] = tools;
  if (tools.length > 1) return `${counted(tools.length, "tool")} were added, removed or changed.`;
  const name = first?.part.slice("tools.".length) ?? "";
  return `The tool ${name} was ${first?.change ?? "changed"}.`;
}

/** A number and its sign stay on one line. */
function percent(share: number): string {
  return spacedPercent(share).replace(" ", "\u00a0");
}
