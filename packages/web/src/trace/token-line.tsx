// The tokens of a step on one line, and all that is known of them as a list.
import type { JSX } from "preact";
import { count } from "../kit/amounts.ts";
import { CacheMeter, CacheRate } from "../kit/cache-rate.tsx";
import type { TokenSplit } from "./token-split.ts";

export function TokenLine({ tokens }: { readonly tokens: TokenSplit }): JSX.Element {
  const { input, read, written, output, reasoning, hitRate } = tokens;
  return (
    <span class="token-line">
      <CacheRate rate={hitRate} />
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
    ["not from the cache", fresh],
    ["Output", output],
    ["reasoning", reasoning],
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
      <CacheRate rate={tokens.hitRate} />
    </div>
  );
}
