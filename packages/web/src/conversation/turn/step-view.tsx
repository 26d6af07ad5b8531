// One step of a turn: what the model thought, wrote and called, in the order in which it began each.
import type { PartView, StepView, ToolCallView } from "@lathe/wire";
import type { JSX } from "preact";
import { VisibleText } from "../../kit/code/visible-text.tsx";
import { Markdown } from "../../kit/markdown/markdown.tsx";
import { partName } from "../following/thinking-clock.ts";
import { memo } from "../memo.tsx";
import { Reasoning } from "./reasoning.tsx";
import { FallbackNote, RetryCard } from "./retry-card.tsx";
import { ToolCalls } from "./tool-calls.tsx";

export interface StepProps {
  readonly step: StepView;
  /** The turn goes on, and this is its last step. */
  readonly live: boolean;
  /** `provider/model` that wrote it, where that is not the one that the turn began with. */
  readonly writer: string | null;
}

export const Step: ReturnType<typeof memo<StepProps>> = memo(
  ({ step, live, writer }: StepProps): JSX.Element => {
    const isOpen = live && !step.complete;
    return (
      <div class="turn-step" data-step={step.index}>
        {step.fallback === null ? null : <FallbackNote fallback={step.fallback} />}
        {piecesOf(step.parts).map((piece) =>
          piece.kind === "calls" ? (
            <ToolCalls key={`calls ${piece.calls[0]?.callId}`} stepId={step.stepId} calls={piece.calls} />
          ) : (
            <Prose
              key={`part ${piece.at}`}
              name={partName(step.stepId, piece.at)}
              type={piece.type}
              text={piece.text}
              live={isOpen && piece.at === step.parts.length - 1}
            />
          ),
        )}
        {writer === null || !step.complete ? null : (
          <p class="turn-note">
            Written by{" "}
            <span class="mono foreign">
              <VisibleText text={writer} />
            </span>
          </p>
        )}
        {step.retry === null ? null : <RetryCard retry={step.retry} />}
        {isOpen && step.parts.length === 0 && step.retry === null ? (
          <p class="turn-waiting turn-live">Waiting for the model</p>
        ) : null}
      </div>
    );
  },
);

interface ProseProps {
  readonly name: string;
  readonly type: "text" | "reasoning";
  readonly text: string;
  readonly live: boolean;
}

const Prose: ReturnType<typeof memo<ProseProps>> = memo(
  ({ name, type, text, live }: ProseProps): JSX.Element => {
    if (type === "reasoning") return <Reasoning name={name} text={text} live={live} />;
    return (
      <div class="turn-answer foreign" dir="auto">
        <Markdown text={text} live={live} />
      </div>
    );
  },
);

type Piece =
  | {
      readonly kind: "prose";
      readonly at: number;
      readonly type: "text" | "reasoning";
      readonly text: string;
    }
  | { readonly kind: "calls"; readonly calls: readonly ToolCallView[] };

/** Calls that follow one another stand together. */
function piecesOf(parts: readonly PartView[]): readonly Piece[] {
  const pieces: (Piece & { calls?: ToolCallView[] })[] = [];
  parts.forEach((part, at) => {
    const last = pieces.at(-1);
    if (part.type !== "tool-call") pieces.push({ kind: "prose", at, type: part.type, text: part.text });
    else if (last?.kind === "calls") last.calls?.push(part);
    else pieces.push({ kind: "calls", calls: [part] });
  });
  return pieces;
}
