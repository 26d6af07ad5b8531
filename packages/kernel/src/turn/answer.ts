// One answer of a model, built from its stream and shown while it grows.
import type { TransientEvent } from "../contracts/events.ts";
import type { JsonValue } from "../contracts/json.ts";
import type { AssistantPart } from "../contracts/message.ts";
import type { ProviderEvent } from "../contracts/provider.ts";
import type { Usage } from "../contracts/usage.ts";
import { type ParsedArguments, parseArguments } from "./arguments.ts";

/** A call that the model has finished writing. */
export interface ReadyCall {
  readonly callId: string;
  readonly name: string;
  readonly arguments: ParsedArguments;
}

/** The names that every event of the step carries. */
export interface StepNames {
  readonly conversationId: string;
  readonly turnId: string;
  readonly stepId: string;
}

type ContentEvent = Exclude<ProviderEvent, { type: "finish" } | { type: "error" } | { type: "usage" }>;

interface GrowingPart {
  readonly type: "text" | "reasoning";
  text: string;
  providerData?: JsonValue;
  ended: boolean;
}

interface GrowingCall {
  readonly type: "tool-call";
  readonly callId: string;
  readonly name: string;
  argumentsText: string;
  ready: boolean;
  providerData?: JsonValue;
}

interface KeptOpaque {
  readonly type: "opaque";
  readonly providerData: JsonValue;
}

export class Answer {
  /** Whole calls, in the order in which they became whole. */
  readonly calls: ReadyCall[] = [];
  usage: Usage | null = null;
  /** UTF-16 units so far of everything that it holds, shown or not. */
  length = 0;
  /** True as soon as anything was shown: from then on the step cannot be tried again. */
  begun = false;

  readonly #names: StepNames;
  readonly #emit: (event: TransientEvent) => void;
  readonly #newCallId: () => string;
  readonly #parts: (GrowingPart | GrowingCall | KeptOpaque)[] = [];
  readonly #callsById = new Map<string, GrowingCall>();

  constructor(names: StepNames, emit: (event: TransientEvent) => void, newCallId: () => string) {
    this.#names = names;
    this.#emit = emit;
    this.#newCallId = newCallId;
  }

  /** Takes one event. Returns the call that it made whole, if it did. */
  take(event: ContentEvent): ReadyCall | undefined {
    switch (event.type) {
      case "text-delta":
        return this.#grow("text", event.text);
      case "reasoning-delta":
        return this.#grow("reasoning", event.text);
      case "reasoning-end":
        return this.#endReasoning(event.providerData);
      case "tool-call-start":
        return this.#beginCall(event.callId, event.name);
      case "tool-call-delta":
        return this.#growCall(event.callId, event.argumentsText);
      case "tool-call":
        return this.#finishCall(event);
      case "opaque-part":
        this.#parts.push({ type: "opaque", providerData: this.#weighed(event.providerData) });
        return undefined;
    }
  }

  /** The parts to keep. Without calls where the answer was cut: then no call of it will ever be answered. */
  content(keepCalls: boolean): readonly AssistantPart[] {
    const kept: AssistantPart[] = [];
    for (const part of this.#parts) {
      if (part.type === "opaque") kept.push(part);
      else if (part.type === "tool-call") {
        if (keepCalls && part.ready) kept.push(callPart(part));
      } else if (part.text !== "" || part.providerData !== undefined) kept.push(textPart(part));
    }
    return kept;
  }

  #grow(type: "text" | "reasoning", text: string): undefined {
    if (text === "") return;
    const last = this.#parts.at(-1);
    if (last !== undefined && last.type === type && !last.ended) last.text += text;
    else this.#parts.push({ type, text, ended: false });
    this.length += text.length;
    const { conversationId, turnId, stepId } = this.#names;
    if (type === "text") this.#show({ type: "text-delta", conversationId, turnId, stepId, text });
    else this.#show({ type: "reasoning-delta", conversationId, turnId, stepId, text });
  }

  #endReasoning(providerData: JsonValue): undefined {
    let last = this.#parts.at(-1);
    if (last === undefined || last.type !== "reasoning" || last.ended) {
      last = { type: "reasoning", text: "", ended: false };
      this.#parts.push(last);
    }
    last.providerData = this.#weighed(providerData);
    last.ended = true;
  }

  #beginCall(callId: string, name: string): undefined {
    if (this.#callsById.has(callId)) return;
    this.#addCall(callId, name);
    this.#emitCallDelta(callId, name, "");
  }

  #growCall(callId: string, text: string): undefined {
    const call = this.#growing(callId);
    if (call === undefined || text === "") return;
    call.argumentsText += text;
    this.length += text.length;
    this.#emitCallDelta(callId, call.name, text);
  }

  #finishCall(event: Extract<ProviderEvent, { type: "tool-call" }>): ReadyCall {
    const call = this.#growing(event.callId) ?? this.#addWholeCall(event);
    this.length += Math.max(0, event.argumentsText.length - call.argumentsText.length);
    const parsed = parseArguments(event.argumentsText);
    call.argumentsText =
      parsed.kind === "ok" && event.argumentsText.trim() !== "" ? event.argumentsText : "{}";
    call.ready = true;
    if (event.providerData !== undefined) call.providerData = this.#weighed(event.providerData);
    const ready: ReadyCall = { callId: call.callId, name: call.name, arguments: parsed };
    this.calls.push(ready);
    this.#show({
      type: "tool-call",
      ...this.#names,
      callId: call.callId,
      name: call.name,
      input: parsed.kind === "ok" ? parsed.input : {},
    });
    return ready;
  }

  #addWholeCall(event: { readonly callId: string; readonly name: string }): GrowingCall {
    // Results are matched by id: a second call with a used id gets one of its own.
    return this.#addCall(this.#callsById.has(event.callId) ? this.#newCallId() : event.callId, event.name);
  }

  /** The call that is still being written under this id. */
  #growing(callId: string): GrowingCall | undefined {
    const call = this.#callsById.get(callId);
    return call?.ready === false ? call : undefined;
  }

  #addCall(callId: string, name: string): GrowingCall {
    const call: GrowingCall = { type: "tool-call", callId, name, argumentsText: "", ready: false };
    this.#parts.push(call);
    this.#callsById.set(callId, call);
    this.length += callId.length + name.length;
    return call;
  }

  /** What the provider wants back counts as well: an answer of nothing else must have an end, too. */
  #weighed(providerData: JsonValue): JsonValue {
    this.length += JSON.stringify(providerData).length;
    return providerData;
  }

  #show(event: TransientEvent): void {
    this.begun = true;
    this.#emit(event);
  }

  #emitCallDelta(callId: string, name: string, argumentsText: string): void {
    const { conversationId, turnId, stepId } = this.#names;
    this.#show({ type: "tool-call-delta", conversationId, turnId, stepId, callId, name, argumentsText });
  }
}

/** Deltas may cut a character in two, and an answer may end there; a provider refuses to be sent half of one. */
function textPart({ type, text: grown, providerData }: GrowingPart): AssistantPart {
  const text = grown.toWellFormed();
  if (type === "text") return { type, text };
  return providerData === undefined ? { type, text } : { type, text, providerData };
}

function callPart(call: GrowingCall): AssistantPart {
  const { callId, name, argumentsText, providerData } = call;
  if (providerData === undefined) return { type: "tool-call", callId, name, argumentsText };
  return { type: "tool-call", callId, name, argumentsText, providerData };
}
