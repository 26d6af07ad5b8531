// The turn as a whole, above its tree.
import type { TurnTrace } from "@lathe/wire";
import type { JSX } from "preact";
import { duration } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { Time } from "../kit/time.tsx";
import type { TimeSpan } from "./bar-geometry.ts";
import { kindOf, outcomeOf } from "./span-words.ts";

export interface TurnSummaryProps {
  readonly trace: TurnTrace;
  readonly turn: TimeSpan;
}

export function TurnSummary({ trace: { spans }, turn }: TurnSummaryProps): JSX.Element | null {
  const roots = spans.filter((span) => kindOf(span) === "turn");
  const last = roots.at(-1);
  if (last === undefined) return null;
  const { word, tone } = outcomeOf(last);
  const { agent, model } = last.attributes;
  return (
    <div class="trace-summary">
      <Badge tone={tone === "neutral" ? "success" : tone} live={last.outcome === "open"}>
        <VisibleText text={word} />
      </Badge>
      <span>
        {last.outcome === "open" ? "for" : "in"} {duration(turn.endMs - turn.startMs)}
      </span>
      <span class="muted">
        from <Time atMs={turn.startMs} />
      </span>
      <span class="muted">
        <bdi>
          <VisibleText text={String(agent ?? "")} />
        </bdi>{" "}
        with{" "}
        <bdi>
          <VisibleText text={String(model ?? "")} />
        </bdi>
      </span>
      {roots.length > 1 ? (
        <span class="muted">
          It was cut off and went on {roots.length === 2 ? "once" : `${roots.length - 1} times`}.
        </span>
      ) : null}
    </div>
  );
}
