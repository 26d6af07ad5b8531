// What both conversations begin with: one line, and the turns behind it.
import type { ConversationComparison, TurnSummary } from "@lathe/wire";
import { conversationsTimeline } from "@lathe/wire/operations";
import type { JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { counted } from "../kit/amounts.ts";
import { Fold } from "../kit/fold.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { failureText } from "../kit/problem-card.tsx";
import { useAnswer } from "../state/answer.ts";
import { ask } from "../state/daemon.ts";
import { sharedSentence } from "./comparison-words.ts";

export interface SharedTurnsProps {
  readonly conversationId: string;
  readonly comparison: ConversationComparison;
  readonly isCut: boolean;
}

/** So many are listed; of more, the timeline tells. */
const listedMax = 200;

export function SharedTurns({ conversationId, comparison, isCut }: SharedTurnsProps): JSX.Element {
  return (
    <Fold class="compare-shared" summary={sharedSentence(comparison, isCut)}>
      {() => <Listed conversationId={conversationId} comparison={comparison} />}
    </Fold>
  );
}

function Listed({ conversationId, comparison }: Omit<SharedTurnsProps, "isCut">): JSX.Element {
  const { sharedSeq, shared } = comparison;
  const { answer } = useAnswer(`${conversationId} ${sharedSeq}`, async (signal) => {
    const page = { id: conversationId, order: "oldest", limit: listedMax } as const;
    const { items } = await ask(conversationsTimeline, page, { signal });
    return items.filter(({ firstSeq, undone }) => firstSeq <= sharedSeq && !undone);
  });
  const { value } = answer;
  if (value.kind === "asking") return <p class="muted">Reading</p>;
  if (value.kind === "failed") return <p>The turns could not be read. {failureText(value.failure)}</p>;
  const left = shared.turnCount - value.value.length;
  return (
    <>
      <ol class="compare-shared-turns">
        {value.value.map((turn) => (
          <SharedTurn key={turn.turnId} conversationId={conversationId} turn={turn} />
        ))}
      </ol>
      {left <= 0 ? null : (
        <p>
          {counted(left, "more turn")}: see the{" "}
          <PlaceLink to={{ kind: "timeline", conversationId }}>timeline</PlaceLink>.
        </p>
      )}
    </>
  );
}

interface SharedTurnProps {
  readonly conversationId: string;
  readonly turn: TurnSummary;
}

function SharedTurn({ conversationId, turn: { turnId, preview } }: SharedTurnProps): JSX.Element {
  return (
    <li>
      <PlaceLink to={{ kind: "conversation", id: conversationId, turnId }}>
        <Foreign text={preview === "" ? "A turn" : preview} />
      </PlaceLink>
    </li>
  );
}
