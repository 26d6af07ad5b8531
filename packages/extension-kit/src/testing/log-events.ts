// Events of a log in their plainest form, for tests that say only what matters to them.
import {
  noUsage,
  type StepComplete,
  type TurnDone,
  type TurnSealed,
  type TurnStart,
  type UserMessageAdded,
} from "@lathe/kernel";

export interface TurnPlace {
  readonly conversationId: string;
  readonly turnId: string;
}

export function userMessage(place: TurnPlace, text: string): UserMessageAdded {
  return { type: "user-message", ...place, content: [{ type: "text", text }] };
}

export function turnStart(place: TurnPlace, parts: Partial<TurnStart> = {}): TurnStart {
  return { type: "turn-start", ...place, runId: "run_1", agent: "default", model: "p/m", ...parts };
}

/** Without a message, unless one is given. */
export function stepComplete(
  place: TurnPlace,
  index: number,
  parts: Partial<StepComplete> = {},
): StepComplete {
  return {
    type: "step-complete",
    ...place,
    stepId: `${place.turnId}#${index}`,
    index,
    provider: "p",
    model: "m",
    finishReason: "stop",
    toolResults: [],
    toolCalls: [],
    usage: null,
    contextSize: null,
    metrics: { startedAtMs: 0, timeToFirstTokenMs: null, decodeMs: null, totalMs: 0 },
    ...parts,
  };
}

/** Of a turn that went well, in no time. */
export function turnDone(place: TurnPlace, parts: Partial<TurnDone> = {}): TurnDone {
  const sums = { stepCount: 0, durationMs: 0, usage: noUsage, contextSize: null };
  return { type: "done", ...place, finishReason: "stop", ...sums, ...parts };
}

export function turnSealed(place: TurnPlace): TurnSealed {
  return { type: "turn-sealed", ...place };
}
