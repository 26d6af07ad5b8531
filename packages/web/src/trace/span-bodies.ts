// Which bodies are shown with a span.
import type { SpanTrace } from "@lathe/wire";
import { kindOf } from "./span-words.ts";

export interface ShownBody {
  /** The span that has it. */
  readonly spanId: string;
  readonly name: string;
  readonly title: string;
  /** UTF-16 units. */
  readonly length: number;
}

/** Its own; a step has none, and shows those of its prompts and requests, since they are what it asked and was told. */
export function bodiesOf(span: SpanTrace, spans: readonly SpanTrace[]): readonly ShownBody[] {
  if (kindOf(span) !== "step") return ownBodies(span, "");
  const below = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId);
  const asked = below.filter((child) => kindOf(child) === "prompt" || kindOf(child) === "request");
  return asked.flatMap((child) => ownBodies(child, attemptOf(child)));
}

function ownBodies({ spanId, bodies }: SpanTrace, after: string): readonly ShownBody[] {
  return bodies.map(({ name, length }) => ({ spanId, name, title: `${titleOf(name)}${after}`, length }));
}

function attemptOf({ attributes: { attempt } }: SpanTrace): string {
  return typeof attempt === "number" && attempt > 1 ? `, attempt ${attempt}` : "";
}

function titleOf(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
