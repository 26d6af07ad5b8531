// A finished step as the log tells it. Nothing of what was seen while it ran goes in, so that a client that was there
// and one that reads it a year later show the same.
import type { JsonValue, StepComplete, ToolCallPart } from "@lathe/kernel";
import type { PartView, StepView, ToolCallView } from "./conversation-view.ts";

export function completeStep(entry: StepComplete): StepView {
  const { stepId, index, provider, model, finishReason, usage, contextSize, metrics } = entry;
  return {
    stepId,
    index,
    provider,
    model,
    complete: true,
    parts: partsOf(entry),
    retry: null,
    fallback: null,
    finishReason,
    usage,
    contextSize,
    metrics,
  };
}

function partsOf(entry: StepComplete): readonly PartView[] {
  const results = new Map(entry.toolResults.map((result) => [result.callId, result]));
  const metrics = new Map(entry.toolCalls.map((call) => [call.callId, call]));
  const parts: PartView[] = [];
  for (const part of entry.message?.content ?? []) {
    if (part.type === "tool-call")
      parts.push(completeCall(part, results.get(part.callId), metrics.get(part.callId)));
    // An opaque part can be read by its provider only.
    else if (part.type !== "opaque" && part.text !== "") parts.push({ type: part.type, text: part.text });
  }
  return parts;
}

function completeCall(
  part: ToolCallPart,
  result: StepComplete["toolResults"][number] | undefined,
  ran: StepComplete["toolCalls"][number] | undefined,
): ToolCallView {
  return {
    type: "tool-call",
    callId: part.callId,
    name: part.name,
    status: result === undefined ? "not-run" : "done",
    argumentsText: part.argumentsText,
    input: parseInput(part.argumentsText),
    output: result?.content ?? null,
    isError: result?.isError ?? null,
    outcome: ran?.outcome ?? null,
    startedAtMs: ran?.startedAtMs ?? null,
    durationMs: ran?.durationMs ?? null,
  };
}

function parseInput(argumentsText: string): JsonValue {
  try {
    return JSON.parse(argumentsText) as JsonValue;
  } catch {
    // The contract says that it is JSON; a view that cannot be shown because of one bad call helps nobody.
    return {};
  }
}
