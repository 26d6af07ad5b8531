// Collects the events of one read of an answer; adjacent pieces of the same thing become one event.
//
// Invariants
//   B1  Events keep the order in which they were told.
//   B2  What ends the answer is told once; the usage comes before it, and nothing comes after it.
import type { JsonValue, ProviderEvent, ProviderFailure, ProviderFinishReason, Usage } from "@lathe/kernel";

type Growing = "nothing" | "text" | "reasoning" | "call";

export class EventBatch {
  /** Characters of text, reasoning and arguments since the answer began. */
  contentLength = 0;
  #events: ProviderEvent[] = [];
  #growing: Growing = "nothing";
  #text = "";
  #callId = "";
  #usage: Usage | undefined;
  #ended = false;

  /** True once `finish` or `fail` was told; everything told later is ignored. */
  get ended(): boolean {
    return this.#ended;
  }

  addText(text: string): void {
    this.#grow("text", text);
  }

  addReasoning(text: string): void {
    this.#grow("reasoning", text);
  }

  endReasoning(providerData: JsonValue): void {
    this.#add({ type: "reasoning-end", providerData });
  }

  startCall(callId: string, name: string): void {
    this.#add({ type: "tool-call-start", callId, name });
  }

  addArguments(callId: string, text: string): void {
    if (this.#growing === "call" && this.#callId !== callId) this.#close();
    this.#callId = callId;
    this.#grow("call", text);
  }

  endCall(callId: string, name: string, argumentsText: string): void {
    this.#add({ type: "tool-call", callId, name, argumentsText });
  }

  addOpaque(providerData: JsonValue): void {
    this.#add({ type: "opaque-part", providerData });
  }

  /** The last one of a read is passed on. */
  setUsage(usage: Usage): void {
    if (!this.#ended) this.#usage = usage;
  }

  finish(reason: ProviderFinishReason, rawReason: string | null): void {
    this.#end({ type: "finish", reason, rawReason });
  }

  fail(failure: ProviderFailure): void {
    this.#end({ type: "error", failure });
  }

  /** The events since the last call. */
  take(): readonly ProviderEvent[] {
    this.#close();
    this.#passUsageOn();
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #grow(kind: Growing, text: string): void {
    if (this.#ended || text === "") return;
    this.contentLength += text.length;
    if (this.#growing === kind) this.#text += text;
    else {
      this.#close();
      this.#growing = kind;
      this.#text = text;
    }
  }

  #add(event: ProviderEvent): void {
    if (this.#ended) return;
    this.#close();
    this.#events.push(event);
  }

  #end(event: ProviderEvent): void {
    if (this.#ended) return;
    this.#close();
    this.#passUsageOn();
    this.#events.push(event);
    this.#ended = true;
  }

  #close(): void {
    const text = this.#text;
    if (this.#growing === "nothing") return;
    if (this.#growing === "text") this.#events.push({ type: "text-delta", text });
    else if (this.#growing === "reasoning") this.#events.push({ type: "reasoning-delta", text });
    else this.#events.push({ type: "tool-call-delta", callId: this.#callId, argumentsText: text });
    this.#growing = "nothing";
    this.#text = "";
  }

  #passUsageOn(): void {
    if (this.#usage === undefined) return;
    this.#events.push({ type: "usage", usage: this.#usage });
    this.#usage = undefined;
  }
}
