// The share of prompts that came from the provider's cache: a number, its word and its color.
import type { JSX } from "preact";
import { cacheGrade, percent } from "../../kit/amounts.ts";
import { Badge, type Tone } from "../../kit/badge.tsx";

const tones: Readonly<Record<ReturnType<typeof cacheGrade>, Tone>> = {
  high: "success",
  low: "warning",
  "very low": "danger",
  unknown: "neutral",
};

/** `share`: from 0 to 1; null = not reported. */
export function CacheRate({ share }: { readonly share: number | null }): JSX.Element {
  const grade = cacheGrade(share);
  return (
    <Badge tone={tones[grade]} title="Share of the prompts that came from the provider's cache">
      {share === null ? "Cache not reported" : `Cache ${percent(share)}, ${grade}`}
    </Badge>
  );
}
