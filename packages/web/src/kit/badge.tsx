// A state in a word, with a color that says the same.
import type { ComponentChildren, JSX } from "preact";

export type Tone = "neutral" | "info" | "success" | "warning" | "danger";

export interface BadgeProps {
  readonly tone?: Tone;
  /** Something goes on: a dot that pulses, unless motion is unwanted. */
  readonly live?: boolean;
  readonly title?: string;
  readonly children: ComponentChildren;
}

export function Badge({ tone = "neutral", live = false, title, children }: BadgeProps): JSX.Element {
  return (
    <span class={`badge badge-${tone}`} title={title}>
      {live ? <span class="badge-dot" aria-hidden="true" /> : null}
      {children}
    </span>
  );
}
