// What the model thought before it answered, folded.
import type { JSX } from "preact";
import { duration } from "../../kit/amounts.ts";
import { Fold } from "../../kit/fold.tsx";
import { Markdown } from "../../kit/markdown/markdown.tsx";
import { thoughtOf } from "../following/thinking-clock.ts";
import { memo } from "../memo.tsx";
import { Elapsed } from "./clock.tsx";
import { isFoldOpen, noteFold } from "./open-folds.ts";

export interface ReasoningProps {
  /** Of the part, by which its time is known. */
  readonly name: string;
  readonly text: string;
  /** The model still writes it. */
  readonly live: boolean;
}

export const Reasoning: ReturnType<typeof memo<ReasoningProps>> = memo(
  ({ name, text, live }: ReasoningProps): JSX.Element => (
    <Fold
      class="turn-reasoning"
      open={isFoldOpen(name)}
      onToggle={(isOpen) => noteFold(name, isOpen)}
      summary={<Summary name={name} live={live} />}
    >
      {() => <Markdown text={text} live={live} />}
    </Fold>
  ),
);

function Summary({ name, live }: Omit<ReasoningProps, "text">): JSX.Element {
  const thought = thoughtOf(name);
  if (live)
    return (
      <span class="turn-live">
        Thinking {thought === undefined ? null : <Elapsed sinceMs={thought.beganAtMs} />}
      </span>
    );
  if (thought === undefined || thought.endedAtMs === null) return <span>Thought</span>;
  const tookMs = thought.endedAtMs - thought.beganAtMs;
  return <span>Thought for {tookMs < 1_000 ? "a moment" : duration(tookMs)}</span>;
}
