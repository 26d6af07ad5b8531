// Turns that a restore leaves behind which stands further on in the log than what was read of it.
import type { ComparedPart, TurnView } from "@lathe/wire";

/** The turns that begin in none of the stretches. */
export function withoutUndone(
  turns: readonly TurnView[],
  undone: ComparedPart["undone"],
): readonly TurnView[] {
  return turns.filter(
    ({ firstSeq }) =>
      firstSeq === null || !undone.some(({ fromSeq, toSeq }) => firstSeq >= fromSeq && firstSeq <= toSeq),
  );
}
