// What two conversations have in common, in sentences.
import type { ConversationComparison } from "@lathe/wire";
import { count, counted } from "../kit/amounts.ts";

/** In one line. `isCut`: they part within a turn. */
export function sharedSentence({ shared }: ConversationComparison, isCut: boolean): string {
  const { turnCount, stepCount, usage } = shared;
  const turns = turnCount === 1 ? "the same turn" : `the same ${count(turnCount)} turns`;
  const steps = isCut
    ? `${counted(stepCount, "step")}; they part within the last of these turns`
    : counted(stepCount, "step");
  const tokens =
    usage.inputTokens === null && usage.outputTokens === null
      ? ""
      : `, ${count(usage.inputTokens)} tokens in, ${count(usage.outputTokens)} out`;
  return `Both begin with ${turns}: ${steps}${tokens}.`;
}

/** Null where no restore left anything behind after the two have parted. */
export function undoneSentence({ one, other }: ConversationComparison): string | null {
  const sides = [one.undone.length > 0 ? "A" : "", other.undone.length > 0 ? "B" : ""].filter(Boolean);
  if (sides.length === 0) return null;
  return `A restore left turns of ${sides.join(" and of ")} behind. They are not compared.`;
}
