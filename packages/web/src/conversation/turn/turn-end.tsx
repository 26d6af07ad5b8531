// How a turn ended, and what can be done with it.
import type { TurnView } from "@lathe/wire";
import type { JSX } from "preact";
import { useContext } from "preact/hooks";
import { go } from "../../app/navigation.ts";
import { PlaceLink } from "../../app/place-link.tsx";
import { count, duration } from "../../kit/amounts.ts";
import { Button, IconButton } from "../../kit/button.tsx";
import { CacheRate } from "../../kit/cache-rate.tsx";
import { VisibleText } from "../../kit/code/visible-text.tsx";
import { CopyButton } from "../../kit/copy-button.tsx";
import { Icon } from "../../kit/icon.tsx";
import { ProblemCard } from "../../kit/problem-card.tsx";
import { Time } from "../../kit/time.tsx";
import { TurnDeskContext } from "./turn-desk.ts";
import { type EndingAction, endingNote } from "./turn-endings.ts";
import { answerOf, cacheShareOf, textOf } from "./turn-texts.ts";

/** What is said where a turn did not simply end: a card for a failure, a line for anything else. */
export function TurnEnding({ turn }: { readonly turn: TurnView }): JSX.Element | null {
  const desk = useContext(TurnDeskContext);
  const note = endingNote(turn);
  if (note === null) return null;
  const { title, advice, actions } = note;
  const buttons = (desk?.isLast(turn) === true ? actions : []).map((action) => (
    <EndingButton key={action} action={action} turn={turn} />
  ));
  if (turn.done?.finishReason === "error")
    return (
      <ProblemCard title={title} {...(buttons.length === 0 ? {} : { actions: buttons })}>
        {turn.done.failure === undefined ? null : (
          <p>
            <VisibleText text={turn.done.failure.message} />
          </p>
        )}
        <p>{advice}</p>
      </ProblemCard>
    );
  return (
    <div class="turn-ending">
      <p>
        <strong>{title}.</strong> {advice}
      </p>
      {turn.done?.failure === undefined ? null : (
        <p class="foreign" dir="auto">
          <VisibleText text={turn.done.failure.message} />
        </p>
      )}
      {buttons.length === 0 ? null : <div class="turn-ending-actions">{buttons}</div>}
    </div>
  );
}

function EndingButton({
  action,
  turn,
}: {
  readonly action: EndingAction;
  readonly turn: TurnView;
}): JSX.Element | null {
  const desk = useContext(TurnDeskContext);
  if (desk === null) return null;
  switch (action) {
    case "send-again":
      return (
        <Button
          title="Sends the same message as a new one; what this turn did stays"
          onClick={() => desk.send(textOf(turn.userMessage))}
        >
          Send again
        </Button>
      );
    case "go-on":
      return <Button onClick={() => desk.send("Go on.")}>Ask it to go on</Button>;
    case "choose-model":
      return <Button onClick={() => desk.chooseModel()}>Choose another model</Button>;
    case "new-conversation":
      return <Button onClick={() => go({ kind: "home" })}>New conversation</Button>;
  }
}

/** One quiet line under a turn that is over. */
export function TurnFooter({ turn }: { readonly turn: TurnView }): JSX.Element | null {
  const desk = useContext(TurnDeskContext);
  const { done, model, startedAtMs, turnId } = turn;
  if (done === null) return null;
  const answer = answerOf(turn);
  return (
    <footer class="turn-footer">
      {desk === null ? null : (
        <PlaceLink to={{ kind: "conversation", id: desk.conversationId, turnId }} class="turn-footer-link">
          <Time atMs={startedAtMs} />
        </PlaceLink>
      )}
      <span class="mono foreign">
        <VisibleText text={model ?? ""} />
      </span>
      <span>{duration(done.durationMs)}</span>
      {done.usage.inputTokens === null && done.usage.outputTokens === null ? null : (
        <span title="Tokens that went in and came out">
          {count(done.usage.inputTokens)} in, {count(done.usage.outputTokens)} out
        </span>
      )}
      <CacheRate rate={cacheShareOf(turn)} />
      <span class="turn-footer-actions">
        {answer === "" ? null : <CopyButton what="answer" text={() => answer} />}
        {desk === null ? null : (
          <IconButton icon="branch" label="Fork from here" onClick={() => desk.fork(turn)} />
        )}
        {desk === null ? null : (
          <PlaceLink
            to={{ kind: "timeline", conversationId: desk.conversationId }}
            beside
            class="button icon-button"
            aria-label="Timeline"
            title="Timeline"
          >
            <Icon name="timeline" />
          </PlaceLink>
        )}
        <PlaceLink
          to={{ kind: "trace", turnId }}
          beside
          class="button icon-button"
          aria-label="Trace of this turn"
          title="Trace of this turn"
        >
          <Icon name="trace" />
        </PlaceLink>
      </span>
    </footer>
  );
}
