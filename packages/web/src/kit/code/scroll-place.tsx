// A place that is wider than the page and scrolls by itself.

import type { ComponentChildren, VNode } from "preact";

export interface ScrollPlaceProps {
  /** What is in it, for who cannot see it. */
  readonly label: string;
  readonly name: string;
  readonly children: ComponentChildren;
}

/** Scrolls by touch, wheel and, when it has the focus, by the arrow keys. */
export function ScrollPlace({ label, name, children }: ScrollPlaceProps): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable with the keyboard.
    // biome-ignore lint/a11y/useSemanticElements: it is a group of no fields, and a landmark for each would be noise.
    <div class={name} tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}
