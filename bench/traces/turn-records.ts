// The span records of turns as the kernel writes them, made beforehand: what is measured is keeping them.

import type { Attributes, SpanRecord } from "@lathe/kernel";

export const toolStepCount = 10;
/** Of one turn: the turn, and for each step itself, its prompt, its request and, but for the last, its call. */
export const spanCountOfTurn: number = 1 + 4 * toolStepCount + 3;
export const recordCountOfTurn: number = 2 * spanCountOfTurn;

const usage = { inputTokens: 2_400, outputTokens: 90, cacheReadTokens: 2_048, cacheWriteTokens: null };

/** Returns the records of one turn of ten tool steps and an answer, in the order in which they are written. */
export function turnRecords(turn: number): readonly SpanRecord[] {
  const trace = new TraceWriter(turn);
  const turnId = idOf("trn", turn);
  const conversationId = idOf("cnv", turn);
  const model = "openai/gpt-5.2";
  trace.open(0, null, "agents", "turn", {
    conversationId,
    turnId,
    runId: idOf("run", turn),
    agent: "default",
    model,
  });
  let next = 1;
  for (let index = 0; index <= toolStepCount; index += 1) {
    const step = next++;
    trace.open(step, 0, "agents", "step", { stepId: `${turnId}#${index}`, index });
    trace.whole(next++, step, "prompt", {}, { messageCount: 2 * index + 2, toolCount: 12 });
    const request = { provider: "openai", model: "gpt-5.2", attempt: 1 };
    trace.whole(next++, step, "provider-request", request, {
      ...usage,
      timeToFirstTokenMs: 412,
      finishReason: "stop",
    });
    if (index < toolStepCount) {
      const callId = `call_${turn.toString(36)}_${index}`;
      trace.whole(
        next++,
        step,
        "tool-call",
        { callId, tool: "read_file" },
        { outcome: "ok", outputLength: 1_830 },
      );
    }
    trace.close(step, 0, "agents", "step", { finishReason: "tool-calls" });
  }
  trace.close(0, null, "agents", "turn", { finishReason: "stop", stepCount: toolStepCount + 1, ...usage });
  return trace.records;
}

class TraceWriter {
  readonly records: SpanRecord[] = [];
  readonly #turn: number;
  readonly #traceId: string;
  #atMs: number;

  constructor(turn: number) {
    this.#turn = turn;
    this.#traceId = turn.toString(16).padStart(32, "5");
    this.#atMs = 1_790_000_000_000 + 20_000 * turn;
  }

  whole(span: number, parent: number, name: string, attributes: Attributes, atEnd: Attributes): void {
    this.open(span, parent, "agents", name, attributes);
    this.close(span, parent, "agents", name, atEnd);
  }

  open(span: number, parent: number | null, source: string, name: string, attributes: Attributes): void {
    this.#atMs += 40;
    this.records.push({ kind: "open", ...this.#names(span, parent, source, name), attributes });
  }

  close(span: number, parent: number | null, source: string, name: string, attributes: Attributes): void {
    this.#atMs += 60;
    const durationMs = 100 + (span % 7) / 8;
    const names = this.#names(span, parent, source, name);
    this.records.push({ kind: "close", ...names, durationMs, outcome: "ok", attributes });
  }

  #names(span: number, parent: number | null, source: string, name: string): Named {
    const parentSpanId = parent === null ? null : this.#spanId(parent);
    const { atMs, traceId } = { atMs: this.#atMs, traceId: this.#traceId };
    return { source, traceId, spanId: this.#spanId(span), parentSpanId, name, atMs };
  }

  #spanId(span: number): string {
    return (this.#turn * 64 + span).toString(16).padStart(16, "7");
  }
}

type Named = Pick<
  Extract<SpanRecord, { readonly kind: "open" }>,
  "source" | "traceId" | "spanId" | "parentSpanId" | "name" | "atMs"
>;

function idOf(prefix: string, turn: number): string {
  return `${prefix}_${turn.toString(16).padStart(32, "0")}`;
}
