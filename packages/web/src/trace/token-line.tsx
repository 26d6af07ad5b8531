// The tokens of a step on one line, and all that is known of them as a list.
import type { JSX } from "preact";
import { cacheGrade, count, percent } from "../kit/amounts.ts";
import { Badge, type Tone } from "../kit/badge.tsx";
import { inputShares, type TokenSplit } from "./token-split.ts";

const gradeTones: Readonly<Record<ReturnType<typeof cacheGrade>, Tone>> = {
  high: "success",
  low: "warning",
  "very low": "danger",
  unknown: "neutral",
};

/** The share of the input that came from the cache, with a word that judges it. */
export function HitRate({ rate }: { readonly rate: number | null }): JSX.Element {
  const grade = cacheGrade(rate);
  const text = rate === null ? "cache unknown" : `cache ${percent(rate)}, ${grade}`;
  return <Badge tone={gradeTones[grade]}>{text}</Badge>;
}

/** A picture of how the input divides; what it says stands beside it in numbers. */
export function CacheMeter({ tokens }: { readonly tokens: TokenSplit }): JSX.Element | null {
  const shares = inputShares(tokens);
  if (shares === undefined) return null;
  return (
    <span class="token-meter" aria-hidden="true">
      <span class="token-meter-read" style={{ inlineSize: `${shares.read * 100}%` }} />
      <span class="token-meter-written" style={{ inlineSize: `${shares.written * 100}%` }} />
    </span>
  );
}

export function TokenLine({ tokens }: { readonly tokens: TokenSplit }): JSX.Element {
  const { input, read, written, output, reasoning, hitRate } = tokens;
  return (
    <span class="token-line">
      <HitRate rate={hitRate} />
      <CacheMeter tokens={tokens} />
      <span>
        in {count(input)} (read {count(read)}, written {count(written)}) · out {count(output)}
        {reasoning === null || reasoning === 0 ? "" : ` (reasoning ${count(reasoning)})`}
      </span>
    </span>
  );
}

export function TokenTable({ tokens }: { readonly tokens: TokenSplit }): JSX.Element {
  const { input, read, written, output, reasoning } = tokens;
  const fresh = input === null || read === null ? null : Math.max(0, input - read - (written ?? 0));
  const rows: readonly (readonly [string, number | null])[] = [
    ["Input", input],
    ["read from the cache", read],
    ["written to the cache", written],
    ["neither", fresh],
    ["Output", output],
    ["of it reasoning", reasoning],
  ];
  return (
    <div class="token-table">
      <dl class="facts">
        {rows.map(([name, amount]) => (
          <div key={name} class={name === "Input" || name === "Output" ? "" : "facts-part"}>
            <dt>{name}</dt>
            <dd title={amount === null ? "Not reported" : undefined}>
              {amount === null ? "–" : amount.toLocaleString("en")}
            </dd>
          </div>
        ))}
      </dl>
      <HitRate rate={tokens.hitRate} />
    </div>
  );
}
