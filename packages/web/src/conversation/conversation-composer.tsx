// The lower end of a conversation's pane: the next message, or an earlier one that is edited, and how to stop.
import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { Button } from "../kit/button.tsx";
import { Composer } from "./composer/composer.tsx";
import { draftOf } from "./composer/drafts.ts";
import { dismissRefusal, isUnderWay, type Sending, sendingTo, startSending } from "./composer/sending.ts";
import type { Stopping } from "./composer/stopping.ts";
import { type Editing, editName, sendEdited } from "./edit-and-fork.ts";
import type { FollowedConversation } from "./following/follow-conversation.ts";

const stopClass = "conversation-stop";

export interface ConversationComposerProps {
  readonly conversation: FollowedConversation;
  readonly stopping: Stopping;
  readonly editing: Signal<Editing | null>;
}

export function ConversationComposer(props: ConversationComposerProps): JSX.Element {
  const { conversation, stopping, editing } = props;
  const { id } = conversation;
  const edited = editing.value;
  const sending = sendingTo(id).value;
  const draft = draftOf(edited === null ? id : editName(edited.turn));
  const send = (text: string): void => {
    if (edited === null) {
      draft.value = "";
      startSending(id, text, conversation.lastSeq());
    } else void sendEdited(id, edited, text, editing);
  };
  return (
    <div class="conversation-foot">
      <Composer
        draft={draft}
        label={edited === null ? "Message" : "Edited message"}
        placeholder="Describe a task or ask a question"
        waitsFor={edited === null ? waitsFor(sending, stopping) : edited.isSending ? "Forking" : null}
        sendLabel={edited === null ? "Send" : "Fork and send"}
        send={send}
        note={edited === null ? <NotSent id={id} sending={sending} /> : <EditNote editing={editing} />}
      >
        <StopButton stopping={stopping} />
      </Composer>
    </div>
  );
}

function waitsFor(sending: Sending, { state }: Stopping): string | null {
  if (isUnderWay(sending)) return "Waits until the last message is sent";
  if (state.value === "stopping") return "Waits until the turn has stopped";
  return state.value === "running" ? "Waits until the turn is over" : null;
}

function StopButton({ stopping: { state, stop } }: { readonly stopping: Stopping }): JSX.Element | null {
  return state.value === null ? null : <ShownStop isStopping={state.value === "stopping"} stop={stop} />;
}

interface ShownStopProps {
  readonly isStopping: boolean;
  readonly stop: () => void;
}

function ShownStop({ isStopping, stop }: ShownStopProps): JSX.Element {
  useLayoutEffect(() => giveFocusBack, []);
  return (
    <Button class={stopClass} kind="danger" icon="stop" aria-disabled={isStopping} onClick={stop}>
      {isStopping ? "Stopping" : "Stop"}
    </Button>
  );
}

/** The button goes when the turn is over: whoever has pressed it goes on writing. */
function giveFocusBack(): void {
  const focused = document.activeElement;
  if (focused?.classList.contains(stopClass) && matchMedia("(hover: hover)").matches)
    focused.closest("form")?.querySelector("textarea")?.focus();
}

function NotSent({ id, sending }: { readonly id: string; readonly sending: Sending }): ComponentChildren {
  if (sending.kind !== "refused") return null;
  return (
    <div class="composer-note composer-note-problem">
      <span class="foreign" dir="auto">
        Not sent. {sending.reason}
      </span>
      <Button kind="quiet" onClick={() => dismissRefusal(id)}>
        Dismiss
      </Button>
    </div>
  );
}

function EditNote({ editing }: { readonly editing: Signal<Editing | null> }): JSX.Element {
  return (
    <div class="composer-note">
      <span>
        Sending begins a new conversation with everything before this message. This one stays as it is.
      </span>
      <Button
        kind="quiet"
        onClick={({ currentTarget }) => {
          editing.value = null;
          currentTarget.closest("form")?.querySelector("textarea")?.focus();
        }}
      >
        Cancel
      </Button>
    </div>
  );
}
