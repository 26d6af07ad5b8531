// Two things beside each other, or one below the other where it is narrow; each says which conversation it is of.
import type { ComponentChildren, JSX } from "preact";

export interface SidesProps {
  /** Null = there is nothing on this side, whose place stays empty. */
  readonly one: ComponentChildren;
  readonly other: ComponentChildren;
}

export function Sides({ one, other }: SidesProps): JSX.Element {
  return (
    <div class="compare-sides">
      <Side letter="A">{one}</Side>
      <Side letter="B">{other}</Side>
    </div>
  );
}

/** The same on both sides. */
export function BothSides({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="compare-sides compare-sides-both">
      <div class="compare-side">
        <SideMark letter="A and B" />
        <div class="compare-side-content">{children}</div>
      </div>
    </div>
  );
}

export function SideMark({ letter }: { readonly letter: "A" | "B" | "A and B" }): JSX.Element {
  return <span class="compare-mark-of">{letter}</span>;
}

interface SideProps {
  readonly letter: "A" | "B";
  readonly children: ComponentChildren;
}

function Side({ letter, children }: SideProps): JSX.Element | null {
  if (children === null) return null;
  return (
    <div class={`compare-side ${letter === "B" ? "compare-side-b" : ""}`}>
      <SideMark letter={letter} />
      <div class="compare-side-content">{children}</div>
    </div>
  );
}
