// Where a log can be forked, and what a fork has to add so that it begins between two turns.
import {
  addUsage,
  type DurableEvent,
  type Entry,
  ForkPositionError,
  noUsage,
  type StepComplete,
} from "@lathe/kernel";

/** Whether the entry ends a step inside of a turn, and not the turn. Throws where nothing ends with it. */
export function isInsideTurn(entry: Entry | undefined): boolean {
  switch (entry?.type) {
    case "turn-sealed":
    case "restored":
      return false;
    case "step-complete":
      return true;
    default:
      throw new ForkPositionError(
        "A conversation can be forked at the end of a step or of a turn: at the position of a `step-complete`, a " +
          "`turn-sealed` or a `restored`.",
      );
  }
}

/** The events that end the turn of which these are the entries so far, as if it had been interrupted behind them. */
export function closingEvents(conversationId: string, turn: readonly Entry[]): readonly DurableEvent[] {
  const [first, last] = [turn[0], turn.at(-1)];
  if (first === undefined || last === undefined) return [];
  const place = { conversationId, turnId: first.turnId };
  const steps = turn.filter((entry) => entry.type === "step-complete");
  const durationMs = Math.max(0, last.atMs - first.atMs);
  return [
    { ...place, type: "done", finishReason: "interrupted", durationMs, ...sumOf(steps) },
    { ...place, type: "turn-sealed" },
  ];
}

function sumOf(steps: readonly StepComplete[]) {
  let usage = noUsage;
  let contextSize: number | null = null;
  for (const step of steps) {
    if (step.usage !== null) usage = addUsage(usage, step.usage);
    contextSize = step.contextSize ?? contextSize;
  }
  return { stepCount: steps.length, usage, contextSize };
}
