// What a turn took, in one quiet line.
import type { TurnView } from "@lathe/wire";
import type { JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { count, counted, duration } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { CacheRate } from "../kit/cache-rate.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { finishWord } from "../timeline/turn-words.ts";
import { factsOf } from "./turn-facts.ts";

export function TurnFigures({ turn }: { readonly turn: TurnView }): JSX.Element {
  const { models, stepCount, durationMs, inputTokens, outputTokens, cacheHitRate } = factsOf(turn);
  const { word, tone } = finishWord({ finishReason: turn.done?.finishReason ?? null });
  return (
    <p class="compare-figures">
      <Badge tone={tone} live={turn.status === "running"}>
        {word}
      </Badge>
      {models.map((model) => (
        <Foreign key={model} class="mono" text={model} />
      ))}
      <span>{counted(stepCount, "step")}</span>
      <span>{duration(durationMs)}</span>
      <span>
        {count(inputTokens)} tokens in, {count(outputTokens)} out
      </span>
      <CacheRate rate={cacheHitRate} />
      <PlaceLink to={{ kind: "trace", turnId: turn.turnId }} beside>
        Trace
      </PlaceLink>
    </p>
  );
}
