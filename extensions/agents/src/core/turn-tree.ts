// Which turns of a log a conversation goes on from: all of them, unless it was restored.
import type { Entry } from "@lathe/kernel";

export class TurnTree {
  /** The turn that each turn goes on from; null = the beginning. */
  readonly #after = new Map<string, string | null>();
  #last: string | null = null;

  /** Takes the next entry of the log. */
  take({ type, turnId }: Entry): void {
    if (type === "restored") this.#last = turnId;
    else if (!this.#after.has(turnId)) {
      this.#after.set(turnId, this.#last);
      this.#last = turnId;
    }
  }

  /** The turns that lead to where the conversation stands. */
  path(): ReadonlySet<string> {
    const path = new Set<string>();
    for (let turnId = this.#last; turnId !== null && !path.has(turnId); ) {
      path.add(turnId);
      turnId = this.#after.get(turnId) ?? null;
    }
    return path;
  }
}
