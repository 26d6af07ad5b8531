// Two conversations beside each other: what they have in common, where they part, and what each did from there on.
import type { Conversation } from "@lathe/kernel";
import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import { PlaceLink } from "../app/place-link.tsx";
import type { Place } from "../app/places.ts";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { Icon } from "../kit/icon.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { isMarking } from "./compared-text.tsx";
import { ComparedTurns } from "./compared-turns.tsx";
import { SideMark } from "./sides.tsx";
import { type ComparisonFailure, type LiveComparison, useComparison } from "./use-comparison.ts";
import "./compare.css";

export function ComparePane({
  place: { one, other },
}: {
  readonly place: Extract<Place, { kind: "compare" }>;
}): JSX.Element {
  const live = useComparison(one, other);
  const { value: read } = live.read;
  const { value: failure } = live.failure;
  return (
    <PaneFrame
      title={titleOf(read?.conversations)}
      heading="Comparison"
      class="compare-pane"
      actions={<Actions one={one} other={other} />}
    >
      {failure === null ? null : <Failure failure={failure} again={live.again} />}
      {read === null && failure === null ? <p class="empty">Reading the two conversations</p> : null}
      {read === null || (failure?.absent.length ?? 0) > 0 ? null : <Compared read={read} live={live} />}
    </PaneFrame>
  );
}

function titleOf(conversations: readonly Conversation[] | undefined): string {
  if (conversations === undefined) return "Comparison";
  return `Comparison of ${conversations.map(nameOf).join(" and ")}`;
}

function nameOf({ title }: Conversation): string {
  return title ?? "an untitled conversation";
}

function Actions({ one, other }: { readonly one: string; readonly other: string }): JSX.Element {
  return (
    <>
      <Button
        class="compare-toggle"
        kind="quiet"
        aria-pressed={isMarking.value}
        {...(isMarking.value ? { icon: "check" } : {})}
        onClick={() => {
          isMarking.value = !isMarking.value;
        }}
      >
        Mark differences
      </Button>
      <PlaceLink
        class="button icon-button"
        to={{ kind: "compare", one: other, other: one }}
        aria-label="Exchange A and B"
        title="Exchange A and B"
      >
        <Icon name="exchange" />
      </PlaceLink>
    </>
  );
}

interface FailureProps {
  readonly failure: ComparisonFailure;
  readonly again: () => void;
}

function Failure({ failure: { failure, absent }, again }: FailureProps): JSX.Element {
  if (absent.length > 0)
    return (
      <ProblemCard title={`There is nothing to compare: ${absentWords(absent)}`}>
        It was deleted, or the address is of another daemon. What forks share with a conversation that was
        deleted stays in the forks: two of them can still be compared with each other.
      </ProblemCard>
    );
  return (
    <ProblemCard
      title="The two conversations could not be compared"
      actions={<Button onClick={again}>Try again</Button>}
    >
      {failureText(failure)}
    </ProblemCard>
  );
}

function absentWords(absent: ComparisonFailure["absent"]): string {
  return absent.length === 1 ? `conversation ${absent[0]} is not there` : "neither conversation is there";
}

interface ComparedProps {
  readonly read: NonNullable<LiveComparison["read"]["value"]>;
  readonly live: LiveComparison;
}

function Compared({ read: { conversations, comparison }, live }: ComparedProps): JSX.Element {
  const [one, other] = conversations;
  return (
    <>
      <ul class="plain-list compare-names" aria-label="The two conversations">
        <Named letter="A" conversation={one} />
        <Named letter="B" conversation={other} />
      </ul>
      {one.id === other.id ? <p>This is one conversation, compared with itself.</p> : null}
      {/* Whatever was read of the one and the other begins where they part. */}
      <ComparedTurns
        key={comparison.sharedSeq}
        ids={[one.id, other.id]}
        comparison={comparison}
        again={live.again}
      />
    </>
  );
}

interface NamedProps {
  readonly letter: "A" | "B";
  readonly conversation: Conversation;
}

function Named({ letter, conversation }: NamedProps): JSX.Element {
  const { id, state } = conversation;
  return (
    <li>
      <SideMark letter={letter} />
      <PlaceLink to={{ kind: "conversation", id }}>
        <Foreign text={nameOf(conversation)} />
      </PlaceLink>
      {state === "in_progress" ? (
        <Badge tone="info" live>
          running
        </Badge>
      ) : null}
    </li>
  );
}
