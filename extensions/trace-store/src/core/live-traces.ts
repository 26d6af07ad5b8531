// What is known of the traces that are being written: whose they are. A trace is kept under the id of its turn, so that
// a turn that went on after a restart is one thing to read.
import type { SpanRecord } from "@lathe/kernel";
import { BoundedMap } from "./bounded-map.ts";
import { isName } from "./keys.ts";

export interface LiveTrace {
  readonly traceId: string;
  /** The turn's id; the trace's own where it is of no turn. */
  readonly name: string;
  readonly conversationId: string | null;
  /** Who opened its root. */
  readonly source: string;
}

const tracesMax = 10_000;

export class LiveTraces {
  readonly #byTraceId = new BoundedMap<string, LiveTrace>(tracesMax);
  /** Records of one trace often follow each other. */
  #last: LiveTrace | undefined;

  /** Undefined where the record belongs to no trace that can be named. */
  of(traceId: string | null): LiveTrace | undefined {
    if (this.#last !== undefined && this.#last.traceId === traceId) return this.#last;
    if (!isName(traceId)) return undefined;
    const known = this.#byTraceId.get(traceId);
    if (known === undefined)
      return this.#remember(traceId, { traceId, name: traceId, conversationId: null, source: "" });
    this.#last = known;
    return known;
  }

  /** Takes note of a span that opens: a root may say of which turn the trace is. */
  opened(record: Extract<SpanRecord, { readonly kind: "open" }>): void {
    if (record.parentSpanId !== null || !isName(record.traceId)) return;
    const { traceId } = record;
    const { turnId, conversationId } = record.attributes;
    this.#remember(traceId, {
      traceId,
      name: isName(turnId) ? turnId : traceId,
      conversationId: isName(conversationId) ? conversationId : null,
      source: record.source,
    });
  }

  #remember(traceId: string, trace: LiveTrace): LiveTrace {
    this.#byTraceId.set(traceId, trace);
    this.#last = trace;
    return trace;
  }
}
