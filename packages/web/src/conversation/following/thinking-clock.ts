// How long a model thought, as this page saw it. The log does not say it, so that it is known of what one watched alone.
import type { ConversationView, StepView, TurnView } from "@lathe/wire";

interface Thought {
  readonly beganAtMs: number;
  readonly endedAtMs: number | null;
}

const thoughts: Map<string, Thought> = new Map();
/** Older ones are forgotten: they are a nicety. */
const keptMax = 1_000;

/** Name of a part of a step. */
export function partName(stepId: string, at: number): string {
  return `${stepId} ${at}`;
}

/** When it began and how long it took; undefined where nobody watched its beginning. */
export function thoughtOf(name: string): Thought | undefined {
  return thoughts.get(name);
}

/** Notes what began and what ended between two views. `before`: the turn in progress in the first one. */
export function noteThinking(before: TurnView | null, view: ConversationView, nowMs: number): void {
  const turn = view.current ?? view.turns.at(-1);
  if (turn === undefined || (before !== null && before.turnId !== turn.turnId)) return;
  const last = turn.steps.at(-1);
  if (last === undefined) return;
  const held = before?.steps.find(({ stepId }) => stepId === last.stepId);
  if (held !== last && (held !== undefined || before !== null)) noteStep(held, last, nowMs);
}

function noteStep(before: StepView | undefined, { stepId, parts, complete }: StepView, nowMs: number): void {
  parts.forEach((part, at) => {
    if (part.type !== "reasoning") return;
    const name = partName(stepId, at);
    const thought = thoughts.get(name);
    const isOver = complete || at < parts.length - 1;
    if (thought === undefined) {
      if (!isOver && at >= (before?.parts.length ?? 0)) keep(name, { beganAtMs: nowMs, endedAtMs: null });
    } else if (isOver && thought.endedAtMs === null) keep(name, { ...thought, endedAtMs: nowMs });
  });
}

function keep(name: string, thought: Thought): void {
  thoughts.set(name, thought);
  if (thoughts.size <= keptMax) return;
  const [oldest] = thoughts.keys();
  if (oldest !== undefined) thoughts.delete(oldest);
}
