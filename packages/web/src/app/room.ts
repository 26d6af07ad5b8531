// Whether there is room for more than one pane: the style sheet asks the same of the window.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

const query: MediaQueryList = matchMedia("(width < 60rem)");
const narrow: Signal<boolean> = signal(query.matches);

/** One thing is seen at a time: the newest pane beside covers the others. */
export const isNarrow: ReadonlySignal<boolean> = narrow;

/** Follows the window. Called once. */
export function followRoom(): void {
  query.addEventListener("change", () => {
    narrow.value = query.matches;
  });
}
