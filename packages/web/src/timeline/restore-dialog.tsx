// Asks before a conversation goes back, and says what will happen.
import type { TurnSummary } from "@lathe/wire";
import { conversationsRestore } from "@lathe/wire/operations";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Dialog } from "../app/dialog.tsx";
import { Button } from "../kit/button.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { attempt, toast } from "../kit/toasts.tsx";
import { ask } from "../state/daemon.ts";
import { restoreSentences } from "./turn-words.ts";

export interface RestoreDialogProps {
  readonly conversationId: string;
  /** The newest first. */
  readonly turns: readonly TurnSummary[];
  readonly turn: TurnSummary;
  readonly onClose: () => void;
  readonly onRestored: () => void;
}

export function RestoreDialog(props: RestoreDialogProps): JSX.Element {
  const { conversationId, turns, turn, onClose, onRestored } = props;
  const isRestoring = useSignal(false);
  const { turnId, preview } = turn;
  const restore = async (): Promise<void> => {
    if (isRestoring.value) return;
    isRestoring.value = true;
    const isDone = await attempt("The turn was not restored", () =>
      ask(conversationsRestore, { id: conversationId, turnId }),
    );
    isRestoring.value = false;
    onClose();
    if (!isDone) return;
    toast("Restored. The next message goes on from that turn.");
    onRestored();
  };
  return (
    <Dialog label="Restore this turn" onClose={onClose}>
      <h2>Go on from the end of this turn?</h2>
      <blockquote class="timeline-quote foreign" dir="auto">
        <VisibleText text={preview} />
      </blockquote>
      {restoreSentences(turns, turnId).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <div class="timeline-dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" aria-disabled={isRestoring.value} onClick={restore}>
          {isRestoring.value ? "Restoring" : "Restore"}
        </Button>
      </div>
    </Dialog>
  );
}
