// The keys of a conversation.
import type { RefObject } from "preact";
import { useShortcuts } from "../app/shortcuts.ts";
import type { Stopping } from "./composer/stopping.ts";
import { toggleCalls } from "./turn/open-folds.ts";

export function useConversationKeys(pane: RefObject<HTMLElement | null>, { stop }: Stopping): void {
  const within = (): HTMLElement | null => pane.current;
  useShortcuts([
    {
      keys: "c",
      label: "Write a message",
      within,
      run: () => pane.current?.querySelector("textarea")?.focus(),
    },
    { keys: "mod+.", label: "Stop the turn", inText: true, within, run: stop },
    { keys: "j", label: "Next turn", within, run: () => moveToTurn(pane.current, 1) },
    { keys: "k", label: "Previous turn", within, run: () => moveToTurn(pane.current, -1) },
    { keys: "o", label: "Open or fold all tool calls", run: toggleCalls },
  ]);
}

/** Puts the focus on the turn after or before the one that has it, or that stands at the upper edge. */
function moveToTurn(pane: HTMLElement | null, by: 1 | -1): void {
  const log = pane?.querySelector(".turn-log");
  if (log == null) return;
  const turns = [...log.querySelectorAll<HTMLElement>("[data-turn]")];
  const { top } = log.getBoundingClientRect();
  const focused = turns.findIndex((turn) => turn.contains(document.activeElement));
  const atEdge = turns.findIndex((turn) => turn.getBoundingClientRect().bottom > top + 1);
  const from = focused === -1 ? atEdge - (by === 1 ? 1 : 0) : focused;
  const turn = turns[Math.min(turns.length - 1, Math.max(0, from + by))];
  turn?.focus({ preventScroll: true });
  if (turn !== undefined) log.scrollTop += turn.getBoundingClientRect().top - top;
}
