// What changed between the prompts of two steps, and what this means for the cache.
import type { Change, PromptDiff } from "@lathe/wire";
import { tracesDiff } from "@lathe/wire/operations";
import type { JSX } from "preact";
import { Badge, type Tone } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { Diff } from "../kit/code/diff.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { useAnswer } from "../state/answer.ts";
import { ask } from "../state/daemon.ts";
import { cacheSentence, commonSentence, measuredSentence } from "./prompt-diff-words.ts";
import { readableJson } from "./readable-json.ts";
import type { TokenSplit } from "./token-split.ts";

export interface PromptDiffViewProps {
  readonly turnId: string;
  /** Index of the later step; it is compared with the one before it. */
  readonly stepIndex: number;
  readonly tokens: TokenSplit | undefined;
}

export function PromptDiffView({ turnId, stepIndex, tokens }: PromptDiffViewProps): JSX.Element {
  const { answer, again } = useAnswer(`${turnId} ${stepIndex}`, (signal) =>
    ask(tracesDiff, { turnId, from: stepIndex - 1, to: stepIndex }, { signal }),
  );
  const { value } = answer;
  if (value.kind === "asking") return <p class="muted">Comparing</p>;
  if (value.kind === "answered") return <ShownDiff diff={value.value} tokens={tokens} />;
  return (
    <ProblemCard
      title="The prompts could not be compared"
      actions={<Button onClick={again}>Try again</Button>}
    >
      {failureText(value.failure)}
    </ProblemCard>
  );
}

export interface ShownDiffProps {
  readonly diff: PromptDiff;
  readonly tokens: TokenSplit | undefined;
}

export function ShownDiff({ diff, tokens }: ShownDiffProps): JSX.Element {
  const measured = measuredSentence(diff, tokens);
  return (
    <div class="prompt-diff">
      <p>{commonSentence(diff)}</p>
      <p>
        <bdi>
          <VisibleText text={cacheSentence(diff)} />
        </bdi>
      </p>
      {measured === undefined ? null : <p>{measured}</p>}
      <ul class="plain-list prompt-changes">
        {diff.head.map(({ part, change, before, after }) => (
          <ChangeItem key={part} title={part} change={change} before={before} after={after} />
        ))}
        {diff.messages.map(({ index, change, role, before, after }) => (
          <ChangeItem
            key={`${index} ${change}`}
            title={`Message ${index} (${role ?? "no role"})`}
            change={change}
            before={before}
            after={after}
          />
        ))}
      </ul>
      {diff.cut ? <p class="muted">More messages changed than are shown.</p> : null}
    </div>
  );
}

interface ChangeItemProps {
  readonly title: string;
  readonly change: Change;
  readonly before: string | null;
  readonly after: string | null;
}

const tones: Readonly<Record<Change, Tone>> = { added: "success", removed: "danger", changed: "warning" };

function ChangeItem({ title, change, before, after }: ChangeItemProps): JSX.Element {
  return (
    <li class="prompt-change">
      <p class="prompt-change-title">
        <Badge tone={tones[change]}>{change}</Badge>
        <bdi>
          <VisibleText text={title} />
        </bdi>
      </p>
      <Diff before={linesOf(before)} after={linesOf(after)} />
    </li>
  );
}

function linesOf(side: string | null): string {
  return side === null ? "" : readableJson(side);
}
