// Makes the records of tool calls out of the spans that go by.
//
// Owns: the calls whose step is not over, since until then their tokens may come.
//
// Invariants
//   C1  Every `tool-call` span of a turn has one record, from its begin on, so that a crash leaves one.
//   C2  A call is written at most once in a batch, as it is at the end of it.
//   C3  A call that was not written, since its batch failed, is written with the next one that can be.
import type { Attributes, SpanRecord, ToolOutcome, Usage } from "@lathe/kernel";
import type { BodyReference } from "./body-shelf.ts";
import { BoundedMap } from "./bounded-map.ts";
import { type CallFacts, encodeCall } from "./call-codec.ts";
import { keys } from "./keys.ts";
import type { LiveTrace } from "./live-traces.ts";
import { wholeMicroseconds } from "./span-codec.ts";
import type { TraceBatch } from "./trace-batch.ts";

type Opened = Extract<SpanRecord, { readonly kind: "open" }>;
type Closed = Extract<SpanRecord, { readonly kind: "close" }>;
type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

interface LiveCall {
  readonly number: number;
  readonly facts: Writable<CallFacts>;
  /** Its place in the index of its conversation is stored. */
  indexed: boolean;
}

interface LiveStep {
  readonly stepId: string | null;
  usage: Usage | null;
  readonly calls: LiveCall[];
}

const stepsMax = 5_000;
const callsMax = 20_000;
const rowBytes = 300;
const indexBytes = 70;

export class CallBook {
  readonly #steps = new BoundedMap<string, LiveStep>(stepsMax);
  readonly #calls = new BoundedMap<string, LiveCall>(callsMax);
  /** Those that have changed since they were written. */
  readonly #changed = new Set<LiveCall>();

  opened(record: Opened, trace: LiveTrace, batch: TraceBatch): void {
    // Other extensions may open spans of these names within a turn; they are none of the turn's own.
    if (record.source !== trace.source) return;
    if (record.name === "step") {
      const { stepId } = record.attributes;
      this.#steps.set(record.spanId, { stepId: textOr(stepId, null), usage: null, calls: [] });
    }
    if (record.name === "tool-call") this.#open(record, trace, batch.addCall(trace));
  }

  closed(record: Closed, trace: LiveTrace): void {
    if (record.source !== trace.source) return;
    if (record.name === "tool-call") this.#close(record);
    else if (record.name === "provider-request") this.#learnUsage(record);
    else if (record.name === "step") this.#endStep(record.spanId);
  }

  gotBody(spanId: string, name: string, { beginning, length }: BodyReference): void {
    if (name !== "input" && name !== "output") return;
    const call = this.#calls.get(spanId);
    if (call === undefined) return;
    call.facts[name] = { beginning, length };
    this.#changed.add(call);
  }

  /**
   * Adds what has changed to the batch. Give it back where the batch could not be stored. Calls below `firstKept` were
   * removed with their generation, and do not come back.
   */
  write(batch: TraceBatch, firstKept: number): readonly LiveCall[] {
    const written = [...this.#changed].filter(({ number }) => number >= firstKept);
    this.#changed.clear();
    for (const call of written) {
      const { number, facts } = call;
      batch.put(keys.call(number), encodeCall(facts), rowBytes);
      if (!call.indexed && facts.conversationId !== null)
        batch.put(keys.callOfConversation(facts.conversationId, number), 0, indexBytes);
      call.indexed = true;
      if (facts.durationMs !== null) batch.put(keys.callByDuration(facts.durationMs, number), 0, indexBytes);
    }
    return written;
  }

  giveBack(calls: readonly LiveCall[]): void {
    for (const call of calls) {
      call.indexed = false;
      // What is over is lost with its batch: to keep it would let a full disk fill the memory.
      if (this.#calls.has(call.facts.spanId)) this.#changed.add(call);
    }
  }

  #open({ spanId, parentSpanId, atMs, attributes }: Opened, trace: LiveTrace, number: number): void {
    const step = parentSpanId === null ? undefined : this.#steps.get(parentSpanId);
    const call: LiveCall = {
      number,
      indexed: false,
      facts: {
        conversationId: trace.conversationId,
        turnId: trace.name,
        stepId: step?.stepId ?? null,
        callId: textOr(attributes.callId, ""),
        spanId,
        tool: textOr(attributes.tool, ""),
        outcome: null,
        startedAtMs: atMs,
        finishedAtMs: null,
        durationMs: null,
        input: null,
        output: null,
        usage: step?.usage ?? null,
      },
    };
    step?.calls.push(call);
    this.#calls.set(spanId, call);
    this.#changed.add(call);
  }

  #close({ spanId, atMs, durationMs, attributes, outcome }: Closed): void {
    const call = this.#calls.get(spanId);
    if (call === undefined) return;
    const { facts } = call;
    facts.outcome = outcomeOf(attributes.outcome, outcome);
    facts.finishedAtMs = atMs;
    // A cursor names it in plain digits.
    facts.durationMs = wholeMicroseconds(durationMs);
    this.#changed.add(call);
  }

  /** The tokens of the last attempt that told any. */
  #learnUsage({ parentSpanId, attributes }: Closed): void {
    const step = parentSpanId === null ? undefined : this.#steps.get(parentSpanId);
    const usage = usageOf(attributes);
    if (step === undefined || usage === null) return;
    step.usage = usage;
    for (const call of step.calls) {
      call.facts.usage = usage;
      this.#changed.add(call);
    }
  }

  #endStep(spanId: string): void {
    const step = this.#steps.get(spanId);
    if (step === undefined) return;
    for (const { facts } of step.calls) this.#calls.delete(facts.spanId);
    this.#steps.delete(spanId);
  }
}

const outcomes: ReadonlySet<unknown> = new Set<ToolOutcome>([
  "ok",
  "error",
  "timeout",
  "aborted",
  "invalid-input",
  "unknown-tool",
  "denied",
  "interrupted",
]);

function outcomeOf(told: unknown, span: Closed["outcome"]): ToolOutcome {
  return outcomes.has(told) ? (told as ToolOutcome) : span;
}

function usageOf(attributes: Attributes): Usage | null {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = attributes;
  if (inputTokens === undefined && outputTokens === undefined) return null;
  return {
    inputTokens: countOr(inputTokens),
    outputTokens: countOr(outputTokens),
    cacheReadTokens: countOr(cacheReadTokens),
    cacheWriteTokens: countOr(cacheWriteTokens),
    reasoningTokens: countOr(reasoningTokens),
  };
}

function countOr(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : null;
}

function textOr<Fallback>(value: unknown, fallback: Fallback): string | Fallback {
  return typeof value === "string" ? value : fallback;
}
