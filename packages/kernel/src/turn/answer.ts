// One answer of a model, built from its stream and shown while it grows.
//
// Invariants
//   W1  What is shown and what is kept are the same text, and no secret is in either: a beginning of one is held back
//       until it is known to be none.
//   W2  A call runs with the arguments that the model wrote, and is shown and kept with their secrets taken out.
import type { TransientEvent } from "../contracts/events.ts";
import type { JsonObject, JsonValue } from "../contracts/json.ts";
import type { AssistantPart } from "../contracts/message.ts";
import type { ProviderEvent } from "../contracts/provider.ts";
import type { RedactedStream, Redactor } from "../contracts/redaction.ts";
import type { Usage } from "../contracts/usage.ts";
import { type ParsedArguments, parseArguments } from "./arguments.ts";

/** A call that the model has finished writing. */
export interface ReadyCall {
  readonly callId: string;
  readonly name: string;
  readonly arguments: ParsedArguments;
  /** The arguments as they may be shown and kept, as JSON text and as a value; `{}` where they could not be parsed. */
  readonly shownText: string;
  readonly shown: JsonObject;
}

/** The names that every event of the step carries. */
export interface StepNames {
  readonly conversationId: string;
  readonly turnId: string;
  readonly stepId: string;
}

/** What an answer is made of. */
export type ContentEvent = Exclude<ProviderEvent, { type: "finish" } | { type: "error" } | { type: "usage" }>;

interface GrowingPart {
  readonly type: "text" | "reasoning";
  text: string;
  providerData?: JsonValue;
  ended: boolean;
  readonly redacted: RedactedStream | undefined;
}

interface GrowingCall {
  readonly type: "tool-call";
  readonly callId: string;
  readonly name: string;
  argumentsText: string;
  ready: boolean;
  providerData?: JsonValue;
  readonly redacted: RedactedStream | undefined;
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
  /** Whether a secret was taken out of anything. */
  redacted = false;

  readonly #names: StepNames;
  readonly #emit: (event: TransientEvent) => void;
  readonly #newCallId: () => string;
  readonly #redactor: Redactor | undefined;
  readonly #parts: (GrowingPart | GrowingCall | KeptOpaque)[] = [];
  readonly #callsById = new Map<string, GrowingCall>();

  constructor(
    names: StepNames,
    emit: (event: TransientEvent) => void,
    newCallId: () => string,
    redactor: Redactor | undefined,
  ) {
    this.#names = names;
    this.#emit = emit;
    this.#newCallId = newCallId;
    this.#redactor = redactor;
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
      case "opaque-part": {
        this.#endProse();
        const providerData = this.#weighed(event.providerData);
        if (providerData !== undefined) this.#parts.push({ type: "opaque", providerData });
        return undefined;
      }
    }
  }

  /** Nothing more comes: shows what was held back, unless nothing was shown at all and the model may be asked again. */
  end(mayBeAskedAgain: boolean): void {
    if (mayBeAskedAgain && !this.begun) return;
    this.#endProse();
    for (const call of this.#callsById.values()) if (!call.ready) this.#endArguments(call);
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
    this.length += text.length;
    const part = this.#growingProse(type);
    this.#showProse(part, part.redacted === undefined ? text : part.redacted.push(text));
  }

  #growingProse(type: GrowingPart["type"]): GrowingPart {
    const last = this.#parts.at(-1);
    if (last !== undefined && last.type === type && !last.ended) return last;
    this.#endProse();
    const part: GrowingPart = { type, text: "", ended: false, redacted: this.#redactor?.stream() };
    this.#parts.push(part);
    return part;
  }

  #showProse(part: GrowingPart, text: string): void {
    if (text === "") return;
    part.text += text;
    const { conversationId, turnId, stepId } = this.#names;
    if (part.type === "text") this.#show({ type: "text-delta", conversationId, turnId, stepId, text });
    else this.#show({ type: "reasoning-delta", conversationId, turnId, stepId, text });
  }

  /** Another part begins, so the text before it is whole. */
  #endProse(): void {
    const last = this.#parts.at(-1);
    if (last === undefined || (last.type !== "text" && last.type !== "reasoning") || last.ended) return;
    last.ended = true;
    if (last.redacted === undefined) return;
    this.#showProse(last, last.redacted.end());
    this.redacted ||= last.redacted.found;
  }

  #endReasoning(providerData: JsonValue): undefined {
    const part = this.#growingProse("reasoning");
    this.#endProse();
    const kept = this.#weighed(providerData);
    if (kept !== undefined) part.providerData = kept;
  }

  #beginCall(callId: string, name: string): undefined {
    if (this.#callsById.has(callId)) return;
    const call = this.#addCall(callId, name);
    this.#emitCallDelta(call, "");
  }

  #growCall(callId: string, text: string): undefined {
    const call = this.#growing(callId);
    if (call === undefined || text === "") return;
    this.length += text.length;
    const shown = call.redacted === undefined ? text : call.redacted.push(text);
    call.argumentsText += shown;
    if (shown !== "") this.#emitCallDelta(call, shown);
  }

  #endArguments(call: GrowingCall): void {
    if (call.redacted === undefined) return;
    const held = call.redacted.end();
    this.redacted ||= call.redacted.found;
    call.argumentsText += held;
    if (held !== "") this.#emitCallDelta(call, held);
  }

  #finishCall(event: Extract<ProviderEvent, { type: "tool-call" }>): ReadyCall {
    const call = this.#growing(event.callId) ?? this.#addWholeCall(event);
    this.#endArguments(call);
    this.length += Math.max(0, event.argumentsText.length - call.argumentsText.length);
    const redactedText = this.#redactor?.text(event.argumentsText) ?? event.argumentsText;
    const parsed = parsedWithout(event.argumentsText, redactedText);
    const input = parsed.kind === "ok" ? parsed.input : {};
    const shown = this.#redactor?.json(input) ?? input;
    // A member that a later one of its name replaces is in the text only.
    const isClean = shown === input && redactedText === event.argumentsText;
    this.redacted ||= !isClean;
    const asWritten = isClean && parsed.kind === "ok" && event.argumentsText.trim() !== "";
    call.argumentsText = asWritten ? event.argumentsText : JSON.stringify(shown);
    call.ready = true;
    if (event.providerData !== undefined) {
      const providerData = this.#weighed(event.providerData);
      if (providerData !== undefined) call.providerData = providerData;
    }
    const { callId, name, argumentsText: shownText } = call;
    const ready: ReadyCall = { callId, name, arguments: parsed, shownText, shown };
    this.calls.push(ready);
    this.#show({ type: "tool-call", ...this.#names, callId, name, input: shown });
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
    this.#endProse();
    const call: GrowingCall = {
      type: "tool-call",
      callId,
      name: this.#redactor?.text(name) ?? name,
      argumentsText: "",
      ready: false,
      redacted: this.#redactor?.stream(),
    };
    this.#parts.push(call);
    this.#callsById.set(callId, call);
    this.length += callId.length + name.length;
    return call;
  }

  /**
   * What the provider wants back counts as well: an answer of nothing else must have an end, too. It cannot be changed
   * (it may be signed), so one with a secret in it is left out: undefined.
   */
  #weighed(providerData: JsonValue): JsonValue | undefined {
    const text = JSON.stringify(providerData);
    this.length += text.length;
    if (this.#redactor === undefined || this.#redactor.text(text) === text) return providerData;
    this.redacted = true;
    return undefined;
  }

  #show(event: TransientEvent): void {
    this.begun = true;
    this.#emit(event);
  }

  #emitCallDelta({ callId, name }: GrowingCall, argumentsText: string): void {
    const { conversationId, turnId, stepId } = this.#names;
    this.#show({ type: "tool-call-delta", conversationId, turnId, stepId, callId, name, argumentsText });
  }
}

/** As `parseArguments`; what it says of text that cannot be used may quote it, and then quotes the redacted text. */
function parsedWithout(text: string, redactedText: string): ParsedArguments {
  const parsed = parseArguments(text);
  if (parsed.kind === "ok" || redactedText === text) return parsed;
  const redacted = parseArguments(redactedText);
  return redacted.kind === "invalid"
    ? redacted
    : { kind: "invalid", problem: "The arguments are not valid." };
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
