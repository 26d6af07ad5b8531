// The turns of a conversation as signals of their own: what one turn says renders this turn and nothing else.
//
// Invariants
//   T1  `order` changes only when a turn comes, goes or moves; never because of what a turn says.
//   T2  While a turn goes on, an update looks at this turn alone, however many there are before it.

import type { ConversationView, TurnView } from "@lathe/wire";
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";

export class ShownTurns {
  readonly #turns = new Map<string, Signal<TurnView>>();
  readonly #order: Signal<readonly string[]> = signal([]);
  readonly #current: Signal<TurnView | null> = signal(null);
  #shown: ConversationView | undefined;

  /** Ids of the turns, oldest first, the one in progress last. */
  get order(): ReadonlySignal<readonly string[]> {
    return this.#order;
  }

  /** The turn in progress. */
  get current(): ReadonlySignal<TurnView | null> {
    return this.#current;
  }

  turn(turnId: string): ReadonlySignal<TurnView> | undefined {
    return this.#turns.get(turnId);
  }

  show(view: ConversationView): void {
    batch(() => {
      const before = this.#shown;
      this.#shown = view;
      this.#current.value = view.current;
      if (view.current !== null) this.#put(view.current);
      if (before?.turns !== view.turns) for (const turn of view.turns) this.#put(turn);
      if (before?.turns !== view.turns || before.current?.turnId !== view.current?.turnId)
        this.#arrange(view);
    });
  }

  #put(turn: TurnView): void {
    const held = this.#turns.get(turn.turnId);
    if (held === undefined) this.#turns.set(turn.turnId, signal(turn));
    else held.value = turn;
  }

  #arrange({ turns, current }: ConversationView): void {
    const ids = turns.map(({ turnId }) => turnId);
    if (current !== null) ids.push(current.turnId);
    const held = this.#order.value;
    if (ids.length === held.length && ids.every((id, at) => id === held[at])) return;
    const kept = new Set(ids);
    for (const id of this.#turns.keys()) if (!kept.has(id)) this.#turns.delete(id);
    this.#order.value = ids;
  }
}
