// What a screen reader is told: milestones, never what streams by.
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";

const said: Signal<string> = signal("");

/** Says it politely, after what is being said. The same text twice in a row is said twice. */
export function announce(text: string): void {
  said.value = said.value === text ? `${text}\u00a0` : text;
}

/** Stands once in the page, empty at first: a region that comes with its text is not read. */
export function LiveRegion(): JSX.Element {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}
