import type { StepPartial, TransientEvent } from "@lathe/kernel";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The content of the step in flight, kept small while it grows: deltas that follow each other are one delta.
 * `step-start` begins it anew; what comes while no step is in flight is left out.
 *
 * It shows what `partialOf` of the protocol shows. That one gives the fewest events there can be, at the price of a new
 * view for each; here a delta costs what it takes to append a text.
 */
export class PartialStep {
  #events: Mutable<TransientEvent>[] = [];

  add(event: TransientEvent): void {
    if (event.type === "step-start") this.#events = [event];
    const last = this.#events.at(-1);
    if (last === undefined || last === event || mergeDelta(last, event)) return;
    // The event belongs to whoever emitted it; only deltas are ever changed here.
    this.#events.push(isDelta(event) ? { ...event } : event);
  }

  clear(): void {
    this.#events = [];
  }

  /** Undefined where no step is in flight. */
  event(): StepPartial | undefined {
    const first = this.#events[0];
    if (first === undefined) return undefined;
    const { conversationId, turnId, stepId } = first;
    const events = this.#events.map((event) => (isDelta(event) ? { ...event } : event));
    return { type: "step-partial", conversationId, turnId, stepId, events };
  }
}

function isDelta(event: TransientEvent): boolean {
  return event.type === "text-delta" || event.type === "reasoning-delta" || event.type === "tool-call-delta";
}

/** Adds a delta to the one before it, which changes; false where they are not of one part. */
export function mergeDelta(last: Mutable<TransientEvent>, next: TransientEvent): boolean {
  if (last.type === "text-delta" && next.type === "text-delta") last.text += next.text;
  else if (last.type === "reasoning-delta" && next.type === "reasoning-delta") last.text += next.text;
  else if (
    last.type === "tool-call-delta" &&
    next.type === "tool-call-delta" &&
    last.callId === next.callId
  ) {
    last.argumentsText += next.argumentsText;
  } else return false;
  return true;
}
