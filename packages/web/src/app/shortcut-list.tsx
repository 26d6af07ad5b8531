// The keys that do something here and now.
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../kit/button.tsx";
import { Dialog } from "./dialog.tsx";
import { shortcuts } from "./shortcuts.ts";

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
        {shortcuts.value.map(({ keys, label }) => (
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
      <Button onClick={close}>Close</Button>
    </Dialog>
  );
}

const isMac: boolean = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

function shown(key: string): string {
  return key.replace("mod+", isMac ? "⌘ " : "Ctrl ").replace("alt+", isMac ? "⌥ " : "Alt ");
}
