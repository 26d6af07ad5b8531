// When a span began and how long it took, as a bar in the time of its turn.
import type { SpanTrace } from "@lathe/wire";
import type { JSX } from "preact";
import { type SegmentKind, segmentsOf, type TimeSpan } from "./bar-geometry.ts";

export interface SpanBarProps {
  readonly span: SpanTrace;
  readonly turn: TimeSpan;
  readonly nowMs: number;
}

/** A picture only: the row says the same in words. */
export function SpanBar({ span, turn, nowMs }: SpanBarProps): JSX.Element {
  return (
    <span class="trace-bar" aria-hidden="true">
      {segmentsOf(span, turn, nowMs).map(({ kind, start, length }) => (
        <span
          key={kind}
          class={`trace-segment trace-segment-${kind} ${span.outcome === "open" ? "trace-segment-open" : ""}`}
          style={{ insetInlineStart: `min(${start * 100}%, 100% - 2px)`, inlineSize: `${length * 100}%` }}
        />
      ))}
    </span>
  );
}

const legend: readonly (readonly [SegmentKind, string])[] = [
  ["first-token", "to the first token"],
  ["decode", "writing"],
  ["tool", "tool"],
];

export function BarLegend(): JSX.Element {
  return (
    <ul class="plain-list trace-legend" aria-label="Colors of the bars">
      {legend.map(([kind, text]) => (
        <li key={kind}>
          <span class={`trace-swatch trace-segment-${kind}`} aria-hidden="true" />
          {text}
        </li>
      ))}
    </ul>
  );
}
