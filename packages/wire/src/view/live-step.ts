// A step in flight, built from its transient events, and taken apart again into the fewest events that build it.
//
// Invariants
//   V1  Each field of a part depends on the events of that part alone, the last one wins; a call's status never
//       goes back. Only for this reason may events be merged across others.
//   V2  A notice of a retry is gone when anything of the answer comes after it.
import type { StepStart, TransientEvent } from "@lathe/kernel";
import type { PartView, ProseView, StepView, ToolCallView } from "./conversation-view.ts";

type CallEvent = Extract<TransientEvent, { readonly callId: string }>;

/** The step after one more event. A `step-start` begins it anew; without one there is no step to change. */
export function foldStep(step: StepView | undefined, event: TransientEvent): StepView | undefined {
  if (event.type === "step-start") return beginStep(event);
  if (step === undefined || step.stepId !== event.stepId) return step;
  switch (event.type) {
    case "text-delta":
      return withProse(step, "text", event.text);
    case "reasoning-delta":
      return withProse(step, "reasoning", event.text);
    case "usage":
      return { ...step, usage: event.usage, contextSize: event.contextSize };
    case "provider-retry": {
      const { attempt, delayMs, reason, message, budgetLeftMs } = event;
      return { ...step, retry: { attempt, delayMs, reason, message, budgetLeftMs } };
    }
    case "model-fallback": {
      const { fromModel, toModel, reason } = event;
      return { ...step, fallback: { fromModel, toModel, reason }, retry: null };
    }
    default:
      return withCall(step, event);
  }
}

/** The fewest events that `foldStep` builds this step from; in the order of its parts. */
export function eventsOf(step: StepView, conversationId: string, turnId: string): readonly TransientEvent[] {
  const { stepId, index, provider, model } = step;
  const place = { conversationId, turnId, stepId };
  const events: TransientEvent[] = [{ ...place, type: "step-start", index, provider, model }];
  if (step.fallback !== null) events.push({ ...place, type: "model-fallback", ...step.fallback });
  for (const part of step.parts) {
    if (part.type !== "tool-call") events.push({ ...place, type: `${part.type}-delta`, text: part.text });
    else pushCall(events, place, part);
  }
  const { usage, contextSize } = step;
  if (usage !== null) events.push({ ...place, type: "usage", usage, contextSize });
  if (step.retry !== null) events.push({ ...place, type: "provider-retry", ...step.retry });
  return events;
}

function beginStep(event: StepStart): StepView {
  const { stepId, index, provider, model } = event;
  return {
    stepId,
    index,
    provider,
    model,
    complete: false,
    parts: [],
    retry: null,
    fallback: null,
    finishReason: null,
    usage: null,
    contextSize: null,
    metrics: null,
  };
}

function withProse(step: StepView, type: ProseView["type"], text: string): StepView {
  if (text === "") return step;
  const last = step.parts.at(-1);
  const parts =
    last?.type === type
      ? step.parts.with(-1, { type, text: last.text + text })
      : step.parts.concat({ type, text });
  return { ...step, parts, retry: null };
}

function withCall(step: StepView, event: CallEvent): StepView {
  const at = step.parts.findLastIndex((part) => part.type === "tool-call" && part.callId === event.callId);
  const held = step.parts[at];
  const call = advance(held?.type === "tool-call" ? held : beginCall(event), event);
  const parts: readonly PartView[] = at === -1 ? step.parts.concat(call) : step.parts.with(at, call);
  return { ...step, parts, retry: null };
}

function beginCall(event: CallEvent): ToolCallView {
  return {
    type: "tool-call",
    callId: event.callId,
    name: event.name,
    status: "writing",
    argumentsText: "",
    input: null,
    output: null,
    isError: null,
    outcome: null,
    startedAtMs: null,
    durationMs: null,
  };
}

function advance(call: ToolCallView, event: CallEvent): ToolCallView {
  switch (event.type) {
    case "tool-call-delta":
      return { ...call, argumentsText: call.argumentsText + event.argumentsText };
    case "tool-call":
      return { ...call, status: later(call.status, "ready"), input: event.input };
    case "tool-trace-start": {
      const { input, startedAtMs } = event;
      return { ...call, status: later(call.status, "running"), input, startedAtMs };
    }
    case "tool-trace-finish": {
      const { outcome, durationMs, output } = event;
      return { ...call, status: "done", outcome, durationMs, output };
    }
    case "tool-result":
      return { ...call, status: "done", output: event.content, isError: event.isError };
  }
}

const statuses: readonly ToolCallView["status"][] = ["writing", "ready", "running", "done", "not-run"];

function later(one: ToolCallView["status"], other: ToolCallView["status"]): ToolCallView["status"] {
  return statuses.indexOf(one) > statuses.indexOf(other) ? one : other;
}

function pushCall(
  events: TransientEvent[],
  place: { readonly conversationId: string; readonly turnId: string; readonly stepId: string },
  call: ToolCallView,
): void {
  const { callId, name, argumentsText, input, output, isError, outcome, startedAtMs, durationMs } = call;
  const inCall = { ...place, callId, name };
  events.push({ ...inCall, type: "tool-call-delta", argumentsText });
  if (call.status === "ready" || input !== null) events.push({ ...inCall, type: "tool-call", input });
  if (startedAtMs !== null) events.push({ ...inCall, type: "tool-trace-start", input, startedAtMs });
  if (outcome !== null && durationMs !== null && output !== null)
    events.push({ ...inCall, type: "tool-trace-finish", outcome, durationMs, output });
  if (isError !== null && output !== null)
    events.push({ ...inCall, type: "tool-result", content: output, isError });
}
