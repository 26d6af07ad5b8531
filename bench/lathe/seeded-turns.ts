// The durable events of turns that never ran: for stores that are to be full.

import type { DurableEvent, StepComplete, Usage } from "@lathe/kernel";

export const seededUsage: Usage = {
  inputTokens: 100,
  outputTokens: 20,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

/** One turn without tools, whole: five events of which each becomes an entry. */
export function turnEntries(
  conversationId: string,
  index: number,
  turnId = `trn_seed${index}`,
  runId = `run_seed${index}`,
): readonly DurableEvent[] {
  const names = { conversationId, turnId };
  const said = `Message ${index}: `.padEnd(200, "what is asked and answered in a few lines, ");
  return [
    { type: "user-message", ...names, content: [{ type: "text", text: said }] },
    { type: "turn-start", ...names, runId, agent: "default", model: "openai/fake" },
    stepOf(names, said),
    {
      type: "done",
      ...names,
      finishReason: "stop",
      stepCount: 1,
      durationMs: 900,
      usage: seededUsage,
      contextSize: 120,
    },
    { type: "turn-sealed", ...names },
  ];
}

function stepOf(
  names: { readonly conversationId: string; readonly turnId: string },
  text: string,
): StepComplete {
  return {
    type: "step-complete",
    ...names,
    stepId: `${names.turnId}#0`,
    index: 0,
    provider: "openai",
    model: "fake",
    finishReason: "stop",
    message: { role: "assistant", provider: "openai", model: "fake", content: [{ type: "text", text }] },
    toolResults: [],
    toolCalls: [],
    usage: seededUsage,
    contextSize: 120,
    metrics: { startedAtMs: 0, timeToFirstTokenMs: 200, decodeMs: 700, totalMs: 900 },
  };
}
