// Folds the events of one attempt into what they say, checking the order that the contract asks for.
import type { ProviderEvent, ProviderFailure, ProviderFinishReason, Usage } from "@lathe/kernel";
import { expect } from "vitest";

export interface CollectedAnswer {
  text: string;
  reasoning: string;
  /** Whole calls, in the order in which they became whole. */
  readonly toolCalls: { readonly id: string; readonly name: string; readonly argumentsText: string }[];
  /** Every call that was begun, with the arguments so far. */
  readonly begunCalls: Map<string, { readonly name: string; argumentsText: string }>;
  readonly providerData: unknown[];
  readonly opaque: unknown[];
  usage: Usage | null;
  finish: { readonly reason: ProviderFinishReason; readonly rawReason: string | null } | null;
  failure: ProviderFailure | null;
}

/** Fails the test where something comes after the end, or a call's pieces do not belong to a call in progress. */
export function collectAnswer(events: Iterable<ProviderEvent>): CollectedAnswer {
  const answer: CollectedAnswer = {
    text: "",
    reasoning: "",
    toolCalls: [],
    begunCalls: new Map(),
    providerData: [],
    opaque: [],
    usage: null,
    finish: null,
    failure: null,
  };
  for (const event of events) {
    expect(answer.finish ?? answer.failure, "nothing comes after the end").toBeNull();
    take(answer, event);
  }
  return answer;
}

export async function collectBatches(
  batches: AsyncIterable<readonly ProviderEvent[]>,
): Promise<CollectedAnswer> {
  const events: ProviderEvent[] = [];
  for await (const batch of batches) events.push(...batch);
  return collectAnswer(events);
}

/**
 * The events with neighbouring deltas joined and with the last usage alone, before the end: two cuts of the same stream
 * compare equal.
 */
export function joinDeltas(events: Iterable<ProviderEvent>): readonly ProviderEvent[] {
  const joined: ProviderEvent[] = [];
  let usage: ProviderEvent | undefined;
  for (const event of events) {
    const isEnd = event.type === "finish" || event.type === "error";
    if (isEnd && usage !== undefined) joined.push(usage);
    if (event.type === "usage") usage = event;
    else joined.push(joinedWith(joined, event));
  }
  return joined;
}

/** The event, or what the last one grows to with it; the last one is then taken away. */
function joinedWith(joined: ProviderEvent[], event: ProviderEvent): ProviderEvent {
  const grown = grow(joined.at(-1), event);
  if (grown === undefined) return event;
  joined.pop();
  return grown;
}

function grow(last: ProviderEvent | undefined, event: ProviderEvent): ProviderEvent | undefined {
  if (last?.type === "text-delta" && event.type === "text-delta") {
    return { type: "text-delta", text: last.text + event.text };
  }
  if (last?.type === "reasoning-delta" && event.type === "reasoning-delta") {
    return { type: "reasoning-delta", text: last.text + event.text };
  }
  if (last?.type === "tool-call-delta" && event.type === "tool-call-delta" && last.callId === event.callId) {
    return { ...last, argumentsText: last.argumentsText + event.argumentsText };
  }
  return undefined;
}

function take(answer: CollectedAnswer, event: ProviderEvent): void {
  switch (event.type) {
    case "text-delta":
      answer.text += event.text;
      break;
    case "reasoning-delta":
      answer.reasoning += event.text;
      break;
    case "reasoning-end":
      answer.providerData.push(event.providerData);
      break;
    case "opaque-part":
      answer.opaque.push(event.providerData);
      break;
    case "tool-call-start":
      expect(answer.begunCalls.has(event.callId), "a call begins once").toBe(false);
      answer.begunCalls.set(event.callId, { name: event.name, argumentsText: "" });
      break;
    case "tool-call-delta":
      growCall(answer, event.callId, event.argumentsText);
      break;
    case "tool-call":
      endCall(answer, event.callId, event.name, event.argumentsText);
      break;
    case "usage":
      answer.usage = event.usage;
      break;
    case "finish":
      answer.finish = { reason: event.reason, rawReason: event.rawReason };
      break;
    case "error":
      answer.failure = event.failure;
  }
}

function growCall(answer: CollectedAnswer, callId: string, text: string): void {
  const call = answer.begunCalls.get(callId);
  expect(call, "a call begins before it grows").toBeDefined();
  if (call !== undefined) call.argumentsText += text;
}

function endCall(answer: CollectedAnswer, id: string, name: string, argumentsText: string): void {
  expect(answer.begunCalls.get(id), "a call ends with what its pieces said").toEqual({ name, argumentsText });
  answer.toolCalls.push({ id, name, argumentsText });
}
