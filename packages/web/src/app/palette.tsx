// Everything that can be done or opened, by its name.
import { type Signal, signal, useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { conversations } from "../state/conversation-feed.ts";
import { comparisonsFor } from "./comparison-choices.ts";
import { Dialog } from "./dialog.tsx";
import { go, view } from "./navigation.ts";
import { shortcuts } from "./shortcuts.ts";

export const isPaletteOpen: Signal<boolean> = signal(false);

interface Choice {
  readonly label: string;
  readonly hint: string;
  readonly run: () => void;
}

const shownMax = 12;

export function Palette(): JSX.Element | null {
  if (!isPaletteOpen.value) return null;
  return <OpenPalette />;
}

function OpenPalette(): JSX.Element {
  const query = useSignal("");
  const at = useSignal(0);
  const list = useRef<HTMLDivElement>(null);
  const choices = useComputed(() => matching(query.value).slice(0, shownMax));
  const close = (): void => {
    isPaletteOpen.value = false;
  };
  const choose = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    close();
    choice.run();
  };
  const move = (by: number): void => {
    const { length } = choices.value;
    if (length > 0) at.value = (at.value + by + length) % length;
  };
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }));
  return (
    <Dialog label="Commands and conversations" class="palette" onClose={close}>
      <input
        class="input"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-choices"
        aria-activedescendant={choices.value.length > 0 ? `palette-${at.value}` : undefined}
        aria-label="Find a command or a conversation"
        placeholder="Find a command or a conversation"
        value={query}
        onInput={({ currentTarget }) => {
          query.value = currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") move(1);
          else if (event.key === "ArrowUp") move(-1);
          else if (event.key === "Enter") choose(choices.value[at.value]);
          else return;
          event.preventDefault();
        }}
      />
      <div class="palette-choices" role="listbox" id="palette-choices" aria-label="Choices" ref={list}>
        {choices.value.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above.
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field above.
          <div
            key={`${index} ${choice.label}`}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === at.value}
            class="palette-choice"
            onClick={() => choose(choice)}
          >
            <span class="foreign" dir="auto">
              <VisibleText text={choice.label} />
            </span>
            <span class="muted">{choice.hint}</span>
          </div>
        ))}
      </div>
      {choices.value.length === 0 ? <p class="empty">Nothing has this name.</p> : null}
    </Dialog>
  );
}

function matching(query: string): readonly Choice[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return all(query).filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}

function all(query: string): readonly Choice[] {
  const commands = shortcuts.value
    .filter(({ hidden = false }) => !hidden)
    .map(({ label, keys, run }): Choice => ({ label, hint: keys, run }));
  const opened = conversations.value.items.map(
    ({ id, title }): Choice => ({
      label: title ?? "Untitled conversation",
      hint: "Conversation",
      run: () => go({ kind: "conversation", id }),
    }),
  );
  const comparisons = comparisonsFor(view.value, conversations.value.items, query).map(
    ({ label, place }): Choice => ({ label, hint: "Comparison", run: () => go(place) }),
  );
  return [...commands, ...comparisons, ...opened];
}
