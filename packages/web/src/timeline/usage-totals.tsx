// What the conversation took so far.
import type { ConversationUsage, UsageTotals as Totals } from "@lathe/wire";
import type { JSX } from "preact";
import { count, counted } from "../kit/amounts.ts";
import { CacheMeter, CacheRate } from "../kit/cache-rate.tsx";

export function UsageTotals({ usage }: { readonly usage: ConversationUsage }): JSX.Element {
  const { turnCount, stepCount, toolCallCount, cacheHitRate, undone } = usage;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage.usage;
  const tokens = { input: inputTokens, read: cacheReadTokens, written: cacheWriteTokens };
  return (
    <section class="timeline-totals" aria-label="The whole conversation">
      <dl class="timeline-figures">
        <Figure name="Turns" value={count(turnCount)} />
        <Figure name="Steps" value={count(stepCount)} />
        <Figure name="Tool calls" value={count(toolCallCount)} />
        <Figure name="Tokens in" value={count(inputTokens)} />
        <Figure name="From the cache" value={count(cacheReadTokens)} />
        <Figure name="Tokens out" value={count(outputTokens)} />
      </dl>
      <p class="timeline-rate">
        <CacheRate rate={cacheHitRate} />
        <CacheMeter tokens={tokens} />
      </p>
      {undone.turnCount === 0 ? null : <p class="muted">{undoneSentence(undone)}</p>}
    </section>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

export function undoneSentence({ turnCount, usage }: Totals): string {
  const { inputTokens, outputTokens } = usage;
  const tokens =
    inputTokens === null && outputTokens === null
      ? ""
      : `: ${count(inputTokens)} tokens in, ${count(outputTokens)} out`;
  return `Not counted: ${counted(turnCount, "turn")} left behind by a restore${tokens}.`;
}
