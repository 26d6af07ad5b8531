// Whether all tool calls were opened or folded by one key; each may be folded or opened by itself afterwards.
import { type Signal, signal } from "@preact/signals";

/** Null until somebody asked for it. Each asking is a new object, so that the same can be asked for twice. */
export const callsOpened: Signal<{ readonly isOpen: boolean } | null> = signal(null);

export function toggleCalls(): void {
  callsOpened.value = { isOpen: !(callsOpened.value?.isOpen ?? false) };
}
