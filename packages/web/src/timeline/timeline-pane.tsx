// The turns of a conversation, what each took, and how to go back to one or to begin anew from it.
import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import { PlaceLink } from "../app/place-link.tsx";
import type { Place } from "../app/places.ts";
import { Button } from "../kit/button.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { toast } from "../kit/toasts.tsx";
import { ForkDialog } from "./fork-dialog.tsx";
import { ForkOrigin } from "./fork-origin.tsx";
import { RestoreDialog } from "./restore-dialog.tsx";
import { TurnRow } from "./turn-row.tsx";
import { isShared, longestMs, standingsOf } from "./turn-words.ts";
import { UsageTotals } from "./usage-totals.tsx";
import { type LiveTimeline, type ReadTimeline, useTimeline } from "./use-timeline.ts";
import "./timeline.css";

/** What was asked for and waits for an answer. */
type Question = { readonly kind: "restore" | "fork"; readonly turnId: string };

export function TimelinePane({
  place: { conversationId },
}: {
  readonly place: Extract<Place, { kind: "timeline" }>;
}): JSX.Element {
  const timeline = useTimeline(conversationId);
  const question = useSignal<Question | null>(null);
  const { value } = timeline.read;
  const title = value?.conversation.title ?? null;
  return (
    <PaneFrame
      title={title === null ? "Timeline" : `Timeline of ${title}`}
      heading={<Heading title={title} />}
      class="timeline-pane"
      actions={
        <PlaceLink class="button button-quiet" to={{ kind: "conversation", id: conversationId }}>
          Conversation
        </PlaceLink>
      }
    >
      <Failure timeline={timeline} />
      {value === null && timeline.failure.value === null ? <p class="empty">Reading the timeline</p> : null}
      {value === null ? null : <Turns read={value} more={timeline.more} question={question} />}
      {value === null ? null : <Asked read={value} question={question} again={timeline.again} />}
    </PaneFrame>
  );
}

function Heading({ title }: { readonly title: string | null }): JSX.Element {
  return (
    <>
      Timeline{" "}
      {title === null ? null : (
        <bdi class="muted timeline-of">
          <VisibleText text={title} />
        </bdi>
      )}
    </>
  );
}

function Failure({ timeline: { failure, again } }: { readonly timeline: LiveTimeline }): JSX.Element | null {
  if (failure.value === null) return null;
  return (
    <ProblemCard title="The timeline could not be read" actions={<Button onClick={again}>Try again</Button>}>
      {failureText(failure.value)}
    </ProblemCard>
  );
}

interface TurnsProps {
  readonly read: ReadTimeline;
  readonly more: () => void;
  readonly question: Signal<Question | null>;
}

function Turns({ read, more, question }: TurnsProps): JSX.Element {
  const { conversation, usage, turns, hasMore, atMs } = read;
  const { id, forkedFrom } = conversation;
  const standings = standingsOf(turns);
  const longest = longestMs(turns, atMs);
  const isRunning = standings.includes("running");
  const askFor = (kind: Question["kind"], turnId: string): void => {
    if (kind === "restore" && isRunning) toast("A turn is in progress. Stop it, or wait for its end.");
    else question.value = { kind, turnId };
  };
  return (
    <>
      <UsageTotals usage={usage} />
      {forkedFrom === null ? null : <ForkOrigin forkId={id} origin={forkedFrom} />}
      {turns.length === 0 ? <p class="empty">No turns yet. Each message that you send begins one.</p> : null}
      <ul class="plain-list timeline-turns" aria-label="Turns, the newest first">
        {turns.map((turn, at) => (
          <TurnRow
            key={turn.turnId}
            conversationId={id}
            turn={turn}
            standing={standings[at] ?? "before"}
            shared={isShared(turn, forkedFrom?.seq ?? null)}
            longestMs={longest}
            nowMs={atMs}
            onRestore={() => askFor("restore", turn.turnId)}
            onFork={() => askFor("fork", turn.turnId)}
          />
        ))}
      </ul>
      {hasMore ? <Button onClick={more}>Show earlier turns</Button> : null}
    </>
  );
}

interface AskedProps {
  readonly read: ReadTimeline;
  readonly question: Signal<Question | null>;
  readonly again: () => void;
}

function Asked({ read: { conversation, turns }, question, again }: AskedProps): JSX.Element | null {
  const { value } = question;
  const turn = turns.find(({ turnId }) => turnId === value?.turnId);
  if (value === null || turn === undefined) return null;
  const { id: conversationId, model } = conversation;
  const close = (): void => {
    question.value = null;
  };
  if (value.kind === "fork") return <ForkDialog {...{ conversationId, model, turn }} onClose={close} />;
  return <RestoreDialog {...{ conversationId, turns, turn }} onClose={close} onRestored={again} />;
}
