// Begins another conversation from a turn, with another model where that is wanted.
import type { TurnSummary } from "@lathe/wire";
import { conversationsFork } from "@lathe/wire/operations";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import { Dialog } from "../app/dialog.tsx";
import { go } from "../app/navigation.ts";
import { Button } from "../kit/button.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { attempt, toast } from "../kit/toasts.tsx";
import { models, readCatalogue } from "../state/catalogue.ts";
import { ask } from "../state/daemon.ts";

export interface ForkDialogProps {
  readonly conversationId: string;
  /** The model of the conversation; null = the agent's own choice. */
  readonly model: string | null;
  readonly turn: TurnSummary;
  readonly onClose: () => void;
}

export function ForkDialog({ conversationId, model, turn, onClose }: ForkDialogProps): JSX.Element {
  const chosen = useSignal("");
  const isForking = useSignal(false);
  const fork = async (): Promise<void> => {
    if (isForking.value) return;
    isForking.value = true;
    await attempt("The conversation was not forked", async () => {
      const { id } = await ask(conversationsFork, {
        id: conversationId,
        turnId: turn.turnId,
        ...(chosen.value === "" ? {} : { model: chosen.value }),
      });
      onClose();
      go({ kind: "conversation", id });
      toast("This is a new conversation, which shares everything up to that turn.");
    });
    isForking.value = false;
  };
  return (
    <Dialog label="Fork from this turn" onClose={onClose}>
      <h2>Begin a new conversation from this turn?</h2>
      <blockquote class="timeline-quote foreign" dir="auto">
        <VisibleText text={turn.preview} />
      </blockquote>
      <p>It shares everything up to the end of this turn. This conversation stays as it is.</p>
      <ModelField model={model} chosen={chosen} />
      <div class="timeline-dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" aria-disabled={isForking.value} onClick={fork}>
          {isForking.value ? "Forking" : "Fork"}
        </Button>
      </div>
    </Dialog>
  );
}

interface ModelFieldProps {
  readonly model: string | null;
  readonly chosen: { value: string };
}

function ModelField({ model, chosen }: ModelFieldProps): JSX.Element {
  const id = useId();
  const isUnread = useSignal(false);
  useEffect(() => {
    // The fork can be made without a list of models.
    if (models.peek() === null)
      readCatalogue().catch(() => {
        isUnread.value = true;
      });
  }, [isUnread]);
  const items = models.value?.items ?? [];
  return (
    <div class="field">
      <label for={id}>Model</label>
      <select
        id={id}
        class="select"
        value={chosen.value}
        onChange={({ currentTarget }) => {
          chosen.value = currentTarget.value;
        }}
      >
        <option value="">As here ({model ?? "the agent's own choice"})</option>
        {items
          .filter((item) => item.id !== model)
          .map((item) => (
            <option key={item.id} value={item.id}>
              {item.id}
            </option>
          ))}
      </select>
      {isUnread.value ? <span class="field-hint">The list of models could not be read.</span> : null}
    </div>
  );
}
