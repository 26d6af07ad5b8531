// Turns for tests of the timeline.
import type { TurnSummary } from "@lathe/wire";

/** A turn that was answered in a second; what is given replaces it. */
export function turnOf(turnId: string, given: Partial<TurnSummary> = {}): TurnSummary {
  return {
    turnId,
    runId: `run of ${turnId}`,
    agent: "default",
    model: "scripted/demo",
    firstSeq: 1,
    lastSeq: 9,
    startedAtMs: 1_000,
    durationMs: 1_000,
    finishReason: "stop",
    stepCount: 2,
    toolCallCount: 1,
    usage: {
      inputTokens: 1_000,
      outputTokens: 50,
      cacheReadTokens: 250,
      cacheWriteTokens: null,
      reasoningTokens: null,
    },
    contextSize: 1_050,
    cacheHitRate: 0.25,
    preview: "What is here?",
    undone: false,
    ...given,
  };
}
