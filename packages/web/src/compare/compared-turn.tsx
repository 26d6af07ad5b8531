// Two turns beside each other, or one that the other conversation has no counterpart of: what was asked, what was called,
// what was answered, and what it took.
import type { TurnView } from "@lathe/wire";
import type { ComponentChildren, JSX } from "preact";
import { useHeading } from "../app/pane-frame.tsx";
import { PlaceLink } from "../app/place-link.tsx";
import { memo } from "../conversation/memo.tsx";
import { answerOf } from "../conversation/turn/turn-texts.ts";
import { Foreign } from "../kit/foreign.tsx";
import { ComparedCalls } from "./compared-calls.tsx";
import { ComparedText } from "./compared-text.tsx";
import { askedOf, callsOf, commonWords } from "./likeness.ts";
import { Sides } from "./sides.tsx";
import { isContinued } from "./turn-facts.ts";
import { TurnFigures } from "./turn-figures.tsx";
import "../conversation/turn/turn.css";

export interface ComparedTurnProps {
  readonly one: TurnView | null;
  readonly other: TurnView | null;
  readonly oneId: string;
  readonly otherId: string;
  /** Counted from 1, from the first turn of the conversation. */
  readonly oneNumber: number;
  readonly otherNumber: number;
}

export const ComparedTurn: ReturnType<typeof memo<ComparedTurnProps>> = memo(
  (props: ComparedTurnProps): JSX.Element => {
    const { one, other } = props;
    const present = [one, other].filter((turn) => turn !== null);
    const isCut = present.some(isContinued);
    const isAnyRunning = present.some(({ status }) => status === "running");
    const texts = (read: (turn: TurnView) => string): [string | null, string | null] => [
      one && read(one),
      other && read(other),
    ];
    return (
      <li class="compare-turn">
        <TurnHeading {...props} isCut={isCut} />
        {one === null || other === null ? (
          <p class="compare-words">{one === null ? "Only in B." : "Only in A."}</p>
        ) : (
          <p class="compare-words">{sentence(commonWords(one, other))}</p>
        )}
        {present.some((turn) => askedOf(turn) !== "") ? (
          <Part name="Message">
            <ComparedText texts={texts(askedOf)} isMarkdown={false} live={false} />
          </Part>
        ) : null}
        {present.some((turn) => callsOf(turn).length > 0) ? (
          <Part name="Tool calls">
            <ComparedCalls one={one} other={other} />
          </Part>
        ) : null}
        {present.some((turn) => answerOf(turn) !== "" || turn.status === "running") ? (
          <Part name="Answer">
            <ComparedText texts={texts(answerOf)} isMarkdown live={isAnyRunning} />
          </Part>
        ) : null}
        <Sides one={ending(one)} other={ending(other)} />
      </li>
    );
  },
);

function TurnHeading(props: ComparedTurnProps & { readonly isCut: boolean }): JSX.Element {
  const { one, other, oneId, otherId, oneNumber, otherNumber, isCut } = props;
  const Heading = useHeading(1);
  const link = (id: string, turn: TurnView, text: string): JSX.Element => (
    <PlaceLink to={{ kind: "conversation", id, turnId: turn.turnId }}>{text}</PlaceLink>
  );
  return (
    <Heading class="compare-heading">
      {isCut ? "The rest of " : ""}
      {one === null ? null : link(oneId, one, `${isCut ? "turn" : "Turn"} ${oneNumber} of A`)}
      {one === null || other === null ? null : " and "}
      {other === null
        ? null
        : link(otherId, other, `${isCut || one !== null ? "turn" : "Turn"} ${otherNumber} of B`)}
    </Heading>
  );
}

function Part({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const Heading = useHeading(2);
  return (
    <div class="compare-part">
      <Heading class="compare-caption">{name}</Heading>
      {children}
    </div>
  );
}

function ending(turn: TurnView | null): JSX.Element | null {
  if (turn === null) return null;
  // The fork closed the turn in which it was made; nothing of it has failed.
  if (isContinued(turn) && turn.steps.length === 0 && turn.done?.finishReason === "interrupted")
    return <p class="compare-figures">It was forked here, within the turn.</p>;
  const { failure } = turn.done ?? {};
  return (
    <>
      {failure === undefined ? null : (
        <p class="compare-failure">
          <Foreign text={failure.message} />
        </p>
      )}
      <TurnFigures turn={turn} />
    </>
  );
}

function sentence(words: readonly string[]): string {
  const text = words.join(", ");
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
