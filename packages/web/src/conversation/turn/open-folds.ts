// Which folds are open. A turn that is out of sight is taken apart, and must look the same when it comes back.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** What somebody did with single folds since all calls were opened or folded. */
const chosen: Map<string, boolean> = new Map();
const all: Signal<{ readonly isOpen: boolean } | null> = signal(null);

/** Null until all calls were opened or folded by one key. Each time it is another object. */
export const callsOpened: ReadonlySignal<{ readonly isOpen: boolean } | null> = all;

export function toggleCalls(): void {
  chosen.clear();
  all.value = { isOpen: !(all.value?.isOpen ?? false) };
}

/** `name`: unique in the page, such as the ids of a step and of its call. */
export function isCallOpen(name: string): boolean {
  return chosen.get(name) ?? all.peek()?.isOpen ?? false;
}

export function isFoldOpen(name: string): boolean {
  return chosen.get(name) ?? false;
}

export function noteFold(name: string, isOpen: boolean): void {
  chosen.set(name, isOpen);
}
