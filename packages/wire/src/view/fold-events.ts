// The one reducer: daemon tests, the client and the web page fold the same events into the same view.
//
// Invariants
//   R1  The law: for every point of disconnect, fold(replay) equals fold(live). A finished step is made of its
//       `step-complete` alone, and a turn that is done keeps finished steps only.
//   R2  Nothing that was given is changed. Only the touched part, its step and its turn are new; the turns that are
//       over keep their identity, so that a delta costs the same in the first turn and in the thousandth.
//   R3  Entries are folded in order, each once: one that was seen is ignored, and after one that was skipped the view
//       stands still until the missing one comes.
import type {
  ConversationEvent,
  ConversationRestored,
  Entry,
  StepPartial,
  TransientEvent,
} from "@lathe/kernel";
import { completeStep } from "./complete-step.ts";
import {
  type ConversationView,
  type StepView,
  startView,
  type TurnView,
  turnsOf,
} from "./conversation-view.ts";
import { foldStep } from "./live-step.ts";

/**
 * The view after one more event; the same object where the event changes nothing.
 *
 * An entry with a `seq` that was seen is ignored. One that leaves a gap is not folded in: the view comes back with
 * `missedSeq` set, and the client must subscribe again at `lastSeq`; transient events are ignored until then. What a newer
 * daemon may send is ignored as well: an entry of an unknown type only moves the position.
 */
export function foldEvents(view: ConversationView, event: ConversationEvent): ConversationView {
  if ("seq" in event) return foldEntry(view, event);
  if (event.type === "reset") return startView();
  if (event.type === "snapshot") return view;
  if (view.missedSeq !== null || !isKnown(event)) return view;
  const placed = placeTurn(view, event.turnId);
  return changeTurn(placed, event.turnId, (turn) => foldTransient(turn, event));
}

function foldEntry(view: ConversationView, entry: Entry): ConversationView {
  if (entry.seq <= view.lastSeq) return view;
  const expectedSeq = view.lastSeq + 1;
  if (entry.seq > expectedSeq) {
    return view.missedSeq === expectedSeq ? view : { ...view, missedSeq: expectedSeq };
  }
  if (!isKnown(entry)) return { ...view, lastSeq: entry.seq, missedSeq: null };
  if (entry.type === "restored") return restore({ ...view, lastSeq: entry.seq, missedSeq: null }, entry);
  const caughtUp = { ...placeTurn(view, entry.turnId), lastSeq: entry.seq, missedSeq: null };
  const changed = changeTurn(caughtUp, entry.turnId, (turn) => foldDurable(placed(turn, entry), entry));
  if (entry.type !== "turn-sealed" || changed.current?.turnId !== entry.turnId) return changed;
  return { ...changed, turns: [...changed.turns, changed.current], current: null };
}

/** Makes room for a turn that the view does not have. A turn that is not over when another begins is kept as it is. */
function placeTurn(view: ConversationView, turnId: string): ConversationView {
  if (view.current?.turnId === turnId) return view;
  const isIt = (turn: TurnView): boolean => turn.turnId === turnId;
  if (view.turns.some(isIt) || view.undone.some(isIt)) return view;
  const turns = view.current === null ? view.turns : [...view.turns, view.current];
  return { ...view, turns, current: beginTurn(turnId, turns.at(-1)?.turnId ?? null) };
}

/**
 * Goes back to the end of a turn: what led to it stays, everything else is undone. A turn that an earlier restore left
 * behind comes back with what led to it.
 */
function restore(view: ConversationView, { turnId, toSeq }: Entry<ConversationRestored>): ConversationView {
  const held = turnsOf(view);
  const all = [...view.undone, ...held].toSorted((one, other) => (one.firstSeq ?? 0) - (other.firstSeq ?? 0));
  const byId = new Map(all.map((turn) => [turn.turnId, turn]));
  const kept = new Set<TurnView>();
  for (let turn = byId.get(turnId); turn !== undefined && !kept.has(turn); ) {
    kept.add(turn);
    turn = turn.afterTurnId === null ? undefined : byId.get(turn.afterTurnId);
  }
  // Where the view begins behind the turn, nothing that it holds leads to it.
  const isKept = (turn: TurnView): boolean =>
    byId.has(turnId) ? kept.has(turn) : (turn.firstSeq ?? 0) <= toSeq && held.includes(turn);
  const undone = all.filter((turn) => !isKept(turn));
  return { ...view, turns: all.filter(isKept), undone, current: null };
}

function beginTurn(turnId: string, afterTurnId: string | null): TurnView {
  return {
    turnId,
    afterTurnId,
    firstSeq: null,
    status: "running",
    runId: null,
    agent: null,
    model: null,
    userMessage: [],
    startedAtMs: null,
    steps: [],
    steering: [],
    done: null,
  };
}

function changeTurn(
  view: ConversationView,
  turnId: string,
  change: (turn: TurnView) => TurnView,
): ConversationView {
  if (view.current?.turnId === turnId) {
    const turn = change(view.current);
    return turn === view.current ? view : { ...view, current: turn };
  }
  const at = view.turns.findLastIndex((turn) => turn.turnId === turnId);
  const held = view.turns[at];
  if (held === undefined) return view;
  const turn = change(held);
  return turn === held ? view : { ...view, turns: view.turns.with(at, turn) };
}

/** The first entry may come behind what was seen of a step, where the view begins in the middle of a turn. */
function placed(turn: TurnView, { seq }: Entry): TurnView {
  return turn.firstSeq === null ? { ...turn, firstSeq: seq } : turn;
}

type TurnEntry = Exclude<Entry, { readonly type: "restored" }>;

function foldDurable(turn: TurnView, entry: TurnEntry): TurnView {
  switch (entry.type) {
    case "user-message":
      return { ...turn, userMessage: entry.content, startedAtMs: entry.atMs };
    case "turn-start": {
      const { runId, agent, model } = entry;
      return { ...turn, status: "running", runId, agent, model };
    }
    case "step-complete":
      return withStep(turn, completeStep(entry));
    case "steering": {
      const { stepId, content } = entry;
      return { ...turn, steering: [...turn.steering, { stepId, content }] };
    }
    case "done": {
      const { type, conversationId, turnId, seq, atMs, ...done } = entry;
      return { ...turn, status: "done", steps: turn.steps.filter((step) => step.complete), done };
    }
    case "turn-sealed":
      return { ...turn, status: "sealed" };
  }
}

// A record, so that a type that is added is missed here by the compiler.
const knownTypes: Readonly<Record<ConversationEvent["type"], true>> = {
  "user-message": true,
  "turn-start": true,
  "step-complete": true,
  steering: true,
  done: true,
  "turn-sealed": true,
  restored: true,
  "step-start": true,
  "text-delta": true,
  "reasoning-delta": true,
  "tool-call-delta": true,
  "tool-call": true,
  "tool-trace-start": true,
  "tool-trace-finish": true,
  "tool-result": true,
  usage: true,
  "provider-retry": true,
  "model-fallback": true,
  "step-partial": true,
  snapshot: true,
  reset: true,
};

function isKnown({ type }: ConversationEvent): boolean {
  return Object.hasOwn(knownTypes, type);
}

function foldTransient(turn: TurnView, event: TransientEvent | StepPartial): TurnView {
  if (turn.status !== "running") return turn;
  const held = turn.steps.findLast((step) => step.stepId === event.stepId);
  if (held?.complete) return turn;
  if (event.type === "step-partial") return foldPartial(turn, event);
  const step = foldStep(held, event);
  return step === undefined || step === held ? turn : withStep(turn, step);
}

function foldPartial(turn: TurnView, partial: StepPartial): TurnView {
  let step: StepView | undefined;
  for (const event of partial.events) step = foldStep(step, event);
  if (step !== undefined) return withStep(turn, step);
  return { ...turn, steps: turn.steps.filter(({ stepId }) => stepId !== partial.stepId) };
}

function withStep(turn: TurnView, step: StepView): TurnView {
  const at = placeOf(step, turn.steps);
  return { ...turn, steps: at === -1 ? turn.steps.concat(step) : turn.steps.with(at, step) };
}

/** Steps run one after the other, so that in a turn of thousands only the last ones are looked at. -1 = it has none yet. */
function placeOf({ stepId, index }: StepView, steps: readonly StepView[]): number {
  for (let at = steps.length - 1; at >= 0; at -= 1) {
    const held = steps[at];
    if (held === undefined || held.index < index) return -1;
    if (held.stepId === stepId) return at;
  }
  return -1;
}
