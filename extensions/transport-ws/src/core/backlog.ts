// What waits for a client that reads more slowly than things happen.
//
// Invariants
//   B1  What is taken out folds to the same as what was put in, in the same order: pieces of one part grow together,
//       and nothing but the transient events of a step that is complete meanwhile is ever left out.
//   B2  Its size is what it holds: bytes of frames, characters of pieces, and what holding each of them costs.
import type { ReasoningDelta, StreamEvent, TextDelta, ToolCallDelta, TransientEvent } from "@lathe/kernel";
import { eventFrame } from "./event-frames.ts";

type Delta = TextDelta | ReasoningDelta | ToolCallDelta;

interface Held {
  /** Of an event; undefined for everything else. */
  readonly stream: string | undefined;
  /** Of a transient event, which is worth nothing once the step is complete. */
  readonly stepId: string | undefined;
  readonly content: Buffer | Growing;
  size: number;
}

interface Growing {
  readonly delta: Delta;
  text: string;
}

/** The pieces at the end of a stream that may still grow: one of text or reasoning, or those of several calls. */
interface Tail {
  readonly type: Delta["type"];
  readonly stepId: string;
  readonly byPart: Map<string, HeldPiece>;
}

type HeldPiece = Held & { readonly content: Growing };

// A held thing is an object and a place in a list, a piece that is joined a node of a rope.
const holdingBytes = 128;
const joiningBytes = 32;
/** What is sent at once stays small beside the bound. */
const growingLengthMax = 32_768;

export class Backlog {
  #held: Held[] = [];
  #taken = 0;
  #size = 0;
  readonly #tails = new Map<string, Tail>();

  get isEmpty(): boolean {
    return this.#taken === this.#held.length;
  }

  /** In bytes, about. */
  get size(): number {
    return this.#size;
  }

  /** What comes behind it stays behind it. */
  add(frame: Buffer): void {
    this.#tails.clear();
    this.#push({ stream: undefined, stepId: undefined, content: frame, size: frame.length + holdingBytes });
  }

  /** `frame` makes the event's frame, where one is needed. */
  addEvent(stream: string, event: StreamEvent, frame: () => Buffer): void {
    if (isDelta(event)) {
      this.#addDelta(stream, event);
      return;
    }
    this.#tails.delete(stream);
    if (event.type === "step-complete") this.#forgetStep(stream, event.stepId);
    const content = frame();
    const stepId = isOfStepInFlight(event) ? event.stepId : undefined;
    this.#push({ stream, stepId, content, size: content.length + holdingBytes });
  }

  /** The oldest frame; undefined = there is none. */
  take(): Buffer | undefined {
    const held = this.#held[this.#taken];
    if (held === undefined) return undefined;
    this.#taken += 1;
    this.#size -= held.size;
    if (this.isEmpty) this.clear();
    else if (this.#taken > 1_024) this.#compact();
    if (Buffer.isBuffer(held.content)) return held.content;
    const { stream = "", content } = held;
    this.#stopGrowing(stream, content);
    return eventFrame(stream, JSON.stringify(grown(content)));
  }

  clear(): void {
    this.#held = [];
    this.#taken = 0;
    this.#size = 0;
    this.#tails.clear();
  }

  #addDelta(stream: string, delta: Delta): void {
    const text = textOf(delta);
    const tail = this.#tailFor(stream, delta);
    const part = partOf(delta);
    const held = tail.byPart.get(part);
    if (held !== undefined && held.content.text.length + text.length <= growingLengthMax) {
      held.content.text += text;
      held.size += text.length + joiningBytes;
      this.#size += text.length + joiningBytes;
      return;
    }
    const size = text.length + 2 * holdingBytes;
    const next = { stream, stepId: delta.stepId, content: { delta, text }, size };
    tail.byPart.set(part, next);
    this.#push(next);
  }

  #tailFor(stream: string, { type, stepId }: Delta): Tail {
    const tail = this.#tails.get(stream);
    if (tail?.type === type && tail.stepId === stepId) return tail;
    const next: Tail = { type, stepId, byPart: new Map() };
    this.#tails.set(stream, next);
    return next;
  }

  /** What is on its way to the client cannot grow any more. */
  #stopGrowing(stream: string, content: Growing): void {
    const parts = this.#tails.get(stream)?.byPart;
    const part = partOf(content.delta);
    if (parts?.get(part)?.content === content) parts.delete(part);
  }

  #forgetStep(stream: string, stepId: string): void {
    const kept = this.#held
      .slice(this.#taken)
      .filter((held) => held.stepId !== stepId || held.stream !== stream);
    this.#held = kept;
    this.#taken = 0;
    this.#size = kept.reduce((sum, { size }) => sum + size, 0);
  }

  #push(held: Held): void {
    this.#held.push(held);
    this.#size += held.size;
  }

  #compact(): void {
    this.#held = this.#held.slice(this.#taken);
    this.#taken = 0;
  }
}

function isDelta(event: StreamEvent): event is Delta {
  return event.type === "text-delta" || event.type === "reasoning-delta" || event.type === "tool-call-delta";
}

function isOfStepInFlight(event: StreamEvent): event is TransientEvent {
  return !("seq" in event) && "stepId" in event;
}

function textOf(delta: Delta): string {
  return delta.type === "tool-call-delta" ? delta.argumentsText : delta.text;
}

function partOf(delta: Delta): string {
  return delta.type === "tool-call-delta" ? delta.callId : "";
}

function grown({ delta, text }: Growing): Delta {
  return delta.type === "tool-call-delta" ? { ...delta, argumentsText: text } : { ...delta, text };
}
