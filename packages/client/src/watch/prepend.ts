// A view that begins earlier than it did. What the earlier entries change is told by folding everything again: a
// `restored` entry among those that were held may undo turns that only come now.
import type { Entry } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView, type TurnView, turnsOf } from "@lathe/wire";

/**
 * The view of `entries`, which end with those that `held` is made of, and of what is transient in `held`. Turns that say
 * the same as before keep their identity, and so do the steps of one that was cut.
 */
export function prepend(entries: readonly Entry[], held: ConversationView): ConversationView {
  const [first] = entries;
  if (first === undefined) return held;
  const fresh = entries.reduce(foldEvents, startView(first.seq - 1));
  const heldTurns = new Map([...held.undone, ...turnsOf(held)].map((turn) => [turn.turnId, turn]));
  const keep = (turn: TurnView): TurnView => joined(turn, heldTurns.get(turn.turnId));
  const turns = fresh.turns.map(keep);
  const current = fresh.current === null ? null : keep(fresh.current);
  const view = { ...fresh, missedSeq: held.missedSeq, turns, undone: fresh.undone.map(keep), current };
  return withUnentered(view, held.current);
}

/** Both fold the same entries from their first on, so that what differs lies in what stands before. */
function joined(fresh: TurnView, held: TurnView | undefined): TurnView {
  if (held === undefined) return fresh;
  if (held.firstSeq === fresh.firstSeq)
    return held.afterTurnId === fresh.afterTurnId ? held : { ...held, afterTurnId: fresh.afterTurnId };
  const heldIds = new Set(held.steps.map(({ stepId }) => stepId));
  return { ...fresh, steps: [...fresh.steps.filter(({ stepId }) => !heldIds.has(stepId)), ...held.steps] };
}

/** A turn of which nothing but transient events has been seen is in no entry. */
function withUnentered(view: ConversationView, turn: TurnView | null): ConversationView {
  if (turn === null || turn.firstSeq !== null || view.current?.turnId === turn.turnId) return view;
  const turns = turnsOf(view);
  return { ...view, turns, current: { ...turn, afterTurnId: turns.at(-1)?.turnId ?? null } };
}
