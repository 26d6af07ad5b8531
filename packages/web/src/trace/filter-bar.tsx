// What of the tree is shown, and what the colors of its bars mean.
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { count } from "../kit/amounts.ts";
import { Button } from "../kit/button.tsx";
import { BarLegend } from "./span-bar.tsx";
import { noFilter, type SpanFilter, slowestCount } from "./span-rows.ts";

export interface FilterBarProps {
  readonly filter: Signal<SpanFilter>;
  readonly matchCount: number;
  readonly spanCount: number;
}

const choices: readonly (readonly [keyof SpanFilter, string])[] = [
  ["tools", "Tools"],
  ["failures", "Errors"],
  ["slowest", `Slowest ${slowestCount}`],
];

export function FilterBar({ filter, matchCount, spanCount }: FilterBarProps): JSX.Element {
  const { value } = filter;
  const isFiltered = choices.some(([name]) => value[name]);
  return (
    <div class="trace-filters">
      {/* biome-ignore lint/a11y/useSemanticElements: these are no fields of a form. */}
      <div role="group" aria-label="Show only" class="trace-choices">
        {choices.map(([name, text]) => (
          <Button
            key={name}
            class="trace-choice"
            aria-pressed={value[name]}
            onClick={() => {
              filter.value = { ...value, [name]: !value[name] };
            }}
          >
            {text}
          </Button>
        ))}
        {isFiltered ? (
          <Button
            kind="quiet"
            onClick={() => {
              filter.value = noFilter;
            }}
          >
            Show all
          </Button>
        ) : null}
      </div>
      <span class="muted">
        {isFiltered
          ? `${count(matchCount)} of ${count(spanCount)} spans`
          : `${count(spanCount)} ${spanCount === 1 ? "span" : "spans"}`}
      </span>
      <BarLegend />
    </div>
  );
}
