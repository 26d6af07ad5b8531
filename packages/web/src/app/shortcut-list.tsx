// The keys that do something here and now.
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../kit/button.tsx";
import { Dialog } from "./dialog.tsx";
import { isPlainOn, type Shortcut, shortcuts } from "./shortcuts.ts";

export const isShortcutListOpen: Signal<boolean> = signal(false);

export function ShortcutList(): JSX.Element | null {
  if (!isShortcutListOpen.value) return null;
  const close = (): void => {
    isShortcutListOpen.value = false;
  };
  return (
    <Dialog label="Keyboard shortcuts" class="shortcut-list" onClose={close}>
      <h2>Keyboard shortcuts</h2>
      <dl class="shortcut-rows">
        {shortcuts.value.filter(isShown).map(({ keys, label }) => (
          <div key={`${keys} ${label}`} class="shortcut-row">
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{shown(key)}</kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
      <label class="shortcut-plain">
        <input
          type="checkbox"
          checked={isPlainOn.value}
          onChange={({ currentTarget }) => {
            isPlainOn.value = currentTarget.checked;
          }}
        />
        <span>Keys of single characters do something</span>
      </label>
      <Button onClick={close}>Close</Button>
    </Dialog>
  );
}

/** Two panes of one kind have the same keys. */
function isShown({ keys, label, isOn }: Shortcut, at: number, all: readonly Shortcut[]): boolean {
  if (isOn?.() === false) return false;
  return all.findIndex((other) => other.keys === keys && other.label === label) === at;
}

const isMac: boolean = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

function shown(key: string): string {
  return key.replace("mod+", isMac ? "⌘ " : "Ctrl ").replace("alt+", isMac ? "⌥ " : "Alt ");
}
