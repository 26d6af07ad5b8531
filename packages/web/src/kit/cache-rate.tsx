// How much of the input came from the provider's cache: in a number, in a word, and as a picture.
import type { JSX } from "preact";
import { cacheGrade, percent } from "./amounts.ts";
import { Badge, type Tone } from "./badge.tsx";
import { type InputTokens, inputShares } from "./input-shares.ts";
import "./cache-rate.css";

const tones: Readonly<Record<ReturnType<typeof cacheGrade>, Tone>> = {
  high: "success",
  low: "warning",
  "very low": "danger",
  unknown: "neutral",
};

/** `rate`: from 0 to 1; null = not reported. */
export function CacheRate({ rate }: { readonly rate: number | null }): JSX.Element {
  const grade = cacheGrade(rate);
  const text = rate === null ? "Cache unknown" : `Cache ${percent(rate)}, ${grade}`;
  return (
    <Badge tone={tones[grade]} title="Share of the input that came from the provider's cache">
      {text}
    </Badge>
  );
}

/** A picture only: what it says stands beside it in numbers. */
export function CacheMeter({ tokens }: { readonly tokens: InputTokens }): JSX.Element | null {
  const shares = inputShares(tokens);
  if (shares === undefined) return null;
  return (
    <span class="cache-meter" aria-hidden="true">
      <span class="cache-meter-read" style={{ inlineSize: `${shares.read * 100}%` }} />
      <span class="cache-meter-written" style={{ inlineSize: `${shares.written * 100}%` }} />
    </span>
  );
}
