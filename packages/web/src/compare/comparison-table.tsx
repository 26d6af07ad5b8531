// What both have in common and what each took from there on, in one table.
import type { ConversationComparison, PartTotals } from "@lathe/wire";
import type { ComponentChildren, JSX } from "preact";
import { count, duration, percent } from "../kit/amounts.ts";
import { Foreign } from "../kit/foreign.tsx";

interface Figure {
  readonly name: string;
  readonly of: (part: PartTotals) => ComponentChildren;
}

const figures: readonly Figure[] = [
  { name: "Models", of: ({ models }) => <Models models={models} /> },
  { name: "Turns", of: ({ turnCount }) => count(turnCount) },
  { name: "Steps", of: ({ stepCount }) => count(stepCount) },
  { name: "Tool calls", of: ({ toolCallCount }) => count(toolCallCount) },
  { name: "Duration", of: ({ durationMs }) => duration(durationMs) },
  { name: "Tokens in", of: ({ usage }) => count(usage.inputTokens) },
  { name: "From the cache", of: ({ cacheHitRate }) => percent(cacheHitRate) },
  { name: "Tokens out", of: ({ usage }) => count(usage.outputTokens) },
];

export function ComparisonTable({
  comparison,
}: {
  readonly comparison: ConversationComparison;
}): JSX.Element {
  const { sharedSeq, shared, one, other } = comparison;
  const isForked = sharedSeq > 0;
  const parts = isForked ? [shared, one, other] : [one, other];
  return (
    <table class="compare-table">
      <caption class="visually-hidden">What both have in common, and what each took from there on</caption>
      <thead>
        <tr>
          <td />
          {isForked ? <th scope="col">In common</th> : null}
          <th scope="col">{isForked ? "A from there" : "A"}</th>
          <th scope="col">{isForked ? "B from there" : "B"}</th>
        </tr>
      </thead>
      <tbody>
        {figures.map(({ name, of }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {parts.map((part, at) => (
              <td key={at}>{of(part)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Models({ models }: { readonly models: readonly string[] }): JSX.Element {
  if (models.length === 0) return <>–</>;
  return (
    <ul class="plain-list">
      {models.map((model) => (
        <li key={model}>
          <Foreign class="mono" text={model} />
        </li>
      ))}
    </ul>
  );
}
