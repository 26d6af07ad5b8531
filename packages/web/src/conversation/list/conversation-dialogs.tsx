// What is asked before a conversation is renamed or deleted.
import type { Conversation } from "@lathe/kernel";
import { conversationsDelete, conversationsUpdate } from "@lathe/wire/operations";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { Dialog } from "../../app/dialog.tsx";
import { go, view } from "../../app/navigation.ts";
import { Button } from "../../kit/button.tsx";
import { VisibleText } from "../../kit/code/visible-text.tsx";
import { failureText } from "../../kit/problem-card.tsx";
import { toast } from "../../kit/toasts.tsx";
import { ask } from "../../state/daemon.ts";

interface DialogProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

const titleLengthMax = 500;

export function RenameDialog({ conversation: { id, title }, onClose }: DialogProps): JSX.Element {
  const typed = useSignal(title ?? "");
  const problem = useSignal<string | null>(null);
  const rename = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted = typed.value.trim();
    if (wanted === "") {
      problem.value = "Write a title first.";
      return;
    }
    try {
      await ask(conversationsUpdate, { id, title: wanted });
      onClose();
    } catch (failure) {
      problem.value = failureText(failure);
    }
  };
  return (
    <Dialog label="Rename the conversation" onClose={onClose}>
      <h2>Rename the conversation</h2>
      <form class="conversations-form" onSubmit={(event) => void rename(event)}>
        <label class="field">
          Title
          <input
            class="input"
            type="text"
            dir="auto"
            maxLength={titleLengthMax}
            value={typed}
            onInput={({ currentTarget }) => {
              typed.value = currentTarget.value;
            }}
          />
        </label>
        <Problem text={problem.value} />
        <div class="conversations-form-row">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit">
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function DeleteDialog({ conversation: { id, title }, onClose }: DialogProps): JSX.Element {
  const problem = useSignal<string | null>(null);
  const textId = useId();
  const remove = async (): Promise<void> => {
    try {
      await ask(conversationsDelete, { id });
    } catch (failure) {
      problem.value = failureText(failure);
      return;
    }
    onClose();
    toast("The conversation was deleted.");
    const { main } = view.peek();
    if (main.kind === "conversation" && main.id === id) go({ kind: "home" }, { replace: true });
  };
  return (
    <Dialog label="Delete the conversation" onClose={onClose}>
      <h2>Delete the conversation?</h2>
      <p id={textId}>
        <strong class="foreign" dir="auto">
          <VisibleText text={title ?? "Untitled conversation"} />
        </strong>{" "}
        is deleted with all its turns and what was recorded of them. It cannot be brought back. Conversations
        that were forked from it keep what they share with it.
      </p>
      <Problem text={problem.value} />
      <div class="conversations-form-row">
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="danger" aria-describedby={textId} onClick={() => void remove()}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}

function Problem({ text }: { readonly text: string | null }): JSX.Element | null {
  if (text === null) return null;
  return (
    <p class="field-error foreign" role="alert" dir="auto">
      <VisibleText text={text} />
    </p>
  );
}
