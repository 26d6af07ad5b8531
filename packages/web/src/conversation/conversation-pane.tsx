// A conversation: its turns, live, and what one says next.
import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { goBeside } from "../app/navigation.ts";
import { PaneFrame } from "../app/pane-frame.tsx";
import { PlaceLink } from "../app/place-link.tsx";
import type { Place } from "../app/places.ts";
import { Badge } from "../kit/badge.tsx";
import { Button, IconButton } from "../kit/button.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { Icon } from "../kit/icon.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { attempt } from "../kit/toasts.tsx";
import { ModelChoice, modelChoiceClass } from "./composer/model-choice.tsx";
import { isUnderWay, sendingTo, startSending } from "./composer/sending.ts";
import { useStopping } from "./composer/stopping.ts";
import { ConversationComposer } from "./conversation-composer.tsx";
import { useConversationKeys } from "./conversation-keys.ts";
import { ConversationTotal } from "./conversation-total.tsx";
import { beginEditing, type Editing, forkAfter, forkedHere } from "./edit-and-fork.ts";
import { type ConversationHead, useConversationHead } from "./following/conversation-head.ts";
import { type FollowedConversation, useConversation } from "./following/follow-conversation.ts";
import { TurnLog } from "./log/turn-log.tsx";
import { OnItsWay } from "./on-its-way.tsx";
import { loadTurnContent } from "./turn/lazy-turn.tsx";
import { type TurnDesk, TurnDeskContext } from "./turn/turn-desk.ts";
import "./conversation.css";

export function ConversationPane({
  place,
}: {
  readonly place: Extract<Place, { kind: "conversation" }>;
}): JSX.Element {
  const { id } = place;
  const conversation = useConversation(id);
  const head = useConversationHead(id);
  const stopping = useStopping(id, conversation.turns.current);
  const editing = useSignal<Editing | null>(null);
  const pane = useRef<HTMLDivElement>(null);
  const desk = useMemo((): TurnDesk => deskOf(conversation, editing, pane), [conversation, editing]);
  useConversationKeys(pane, stopping);
  useSignalEffect(() => {
    if (editing.value !== null) focusOn(pane.current, "textarea");
  });
  // Asked for at once, beside the turns themselves.
  useEffect(() => {
    void loadTurnContent();
    // Whoever has begun this conversation, by writing or by a fork, goes on writing.
    if (forkedHere.delete(id) || sendingTo(id).peek().kind !== "none") focusOn(pane.current, "textarea");
  }, []);
  const title = head.head.value?.title ?? "Untitled conversation";
  const { value: failure } = conversation.failure;
  return (
    <PaneFrame
      title={title}
      heading={<VisibleText text={title} />}
      actions={<Actions conversation={conversation} head={head} />}
      ownScroll
    >
      <TurnDeskContext.Provider value={desk}>
        <div class="conversation" ref={pane}>
          {failure === null ? null : <Unfollowed failure={failure} retry={() => conversation.retry()} />}
          <TurnLog conversation={conversation} markedTurnId={place.turnId} label={`Turns of ${title}`}>
            {failure === null ? <OnItsWay conversation={conversation} /> : null}
          </TurnLog>
          {failure === null ? (
            <ConversationComposer conversation={conversation} stopping={stopping} editing={editing} />
          ) : null}
          <ConversationTotal conversation={conversation} />
        </div>
      </TurnDeskContext.Provider>
    </PaneFrame>
  );
}

function deskOf(
  conversation: FollowedConversation,
  editing: { value: Editing | null },
  pane: { readonly current: HTMLElement | null },
): TurnDesk {
  const { id, turns } = conversation;
  return {
    conversationId: id,
    isLast: ({ turnId }) => turns.order.value.at(-1) === turnId,
    edit: (turn) => beginEditing(turn, editing as Parameters<typeof beginEditing>[1]),
    fork: (turn) => void forkAfter(id, turn),
    send: (text) => {
      if (turns.current.peek() !== null || isUnderWay(sendingTo(id).peek())) return;
      startSending(id, text, conversation.lastSeq());
    },
    chooseModel: () => focusOn(pane.current?.closest(".pane") ?? null, `.${modelChoiceClass}`),
  };
}

function focusOn(within: Element | null, selector: string): void {
  within?.querySelector<HTMLElement>(selector)?.focus();
}

interface ActionsProps {
  readonly conversation: FollowedConversation;
  readonly head: ConversationHead;
}

function Actions({ conversation, head: { head, update } }: ActionsProps): JSX.Element {
  const { value } = head;
  const lastTurnId = conversation.turns.order.value.at(-1);
  return (
    <>
      {value === null ? null : (
        <>
          <span class="conversation-agent">
            <Badge title={`Agent; works in ${value.cwd}`}>
              <span class="foreign">
                <VisibleText text={value.agent} />
              </span>
            </Badge>
          </span>
          <ModelChoice
            label="Model of the next messages"
            model={value.model}
            agent={value.agent}
            onChoose={(model) => void attempt("The model was not changed", () => update({ model }))}
          />
        </>
      )}
      {value?.forkedFrom == null ? null : (
        <PlaceLink
          class="button icon-button conversation-compare"
          to={{ kind: "compare", one: value.forkedFrom.conversationId, other: conversation.id }}
          aria-label="Compare with its origin"
          title="Compare with its origin"
        >
          <Icon name="exchange" />
        </PlaceLink>
      )}
      <IconButton
        icon="timeline"
        label="Timeline"
        onClick={() => goBeside({ kind: "timeline", conversationId: conversation.id })}
      />
      <IconButton
        icon="trace"
        label="Trace of the last turn"
        aria-disabled={lastTurnId === undefined}
        onClick={() => {
          if (lastTurnId !== undefined) goBeside({ kind: "trace", turnId: lastTurnId });
        }}
      />
    </>
  );
}

interface UnfollowedProps {
  readonly failure: unknown;
  readonly retry: () => void;
}

/** Why it cannot be followed. A lost connection is none of that: it is taken up again by itself. */
function Unfollowed({ failure, retry }: UnfollowedProps): JSX.Element {
  return (
    <div class="conversation-problem">
      <ProblemCard
        title="This conversation cannot be followed"
        actions={<Button onClick={retry}>Try again</Button>}
      >
        {failureText(failure)}
      </ProblemCard>
    </div>
  );
}
