// A short text of somebody else, within a sentence or a row of ours.
import type { JSX } from "preact";
import { VisibleText } from "./code/visible-text.tsx";

export interface ForeignProps {
  readonly text: string;
  readonly class?: string;
}

/** It keeps its own direction and cannot turn what stands around it; what is invisible in it is shown. */
export function Foreign({ text, class: name = "" }: ForeignProps): JSX.Element {
  return (
    <span class={`foreign ${name}`} dir="auto">
      <VisibleText text={text} />
    </span>
  );
}
