// The frame of a pane: its title, its actions, how it is closed, and the part of it that scrolls.
import { type ComponentChildren, createContext, type JSX } from "preact";
import { useContext, useEffect, useId } from "preact/hooks";
import { IconButton } from "../kit/button.tsx";
import { withSymbols } from "../kit/code/visible-controls.ts";
import { VisibleText } from "../kit/code/visible-text.tsx";

export interface PanePosition {
  readonly isMain: boolean;
  /** It covers the main pane and every other, so that its title is the title of all that is seen. */
  readonly isAlone?: boolean;
  /** Absent where it cannot be closed: the main pane. */
  readonly close?: () => void;
}

export const PanePositionContext: ReturnType<typeof createContext<PanePosition>> =
  createContext<PanePosition>({
    isMain: true,
  });

/** The element of headings in a pane: those directly below its title, and those below them. */
export function useHeading(depth: 1 | 2): "h2" | "h3" | "h4" {
  const { isMain, isAlone = false } = useContext(PanePositionContext);
  if (depth === 1) return isMain || isAlone ? "h2" : "h3";
  return isMain || isAlone ? "h3" : "h4";
}

export interface PaneFrameProps {
  readonly title: string;
  /** What stands in the title's place where it is more than a text. */
  readonly heading?: ComponentChildren;
  readonly actions?: ComponentChildren;
  /** The pane scrolls by itself; where absent, its body does. */
  readonly ownScroll?: boolean;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function PaneFrame({
  title,
  heading,
  actions,
  ownScroll = false,
  class: name = "",
  children,
}: PaneFrameProps): JSX.Element {
  const { isMain, isAlone = false, close } = useContext(PanePositionContext);
  const id = useId();
  const Heading = isMain || isAlone ? "h1" : "h2";
  useEffect(() => {
    if (isMain) document.title = `${withSymbols(title)} · Lathe`;
  }, [isMain, title]);
  return (
    <section class={`pane ${name}`} aria-labelledby={id}>
      <header class="pane-header">
        <Heading id={id} class="pane-title foreign" dir="auto">
          {heading ?? <VisibleText text={title} />}
        </Heading>
        <div class="pane-actions">
          {actions}
          {close === undefined ? null : <IconButton icon="close" label={`Close ${title}`} onClick={close} />}
        </div>
      </header>
      {ownScroll ? children : <PaneBody label={title}>{children}</PaneBody>}
    </section>
  );
}

/** What scrolls can be reached by the keyboard. */
function PaneBody({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <section class="pane-body" aria-label={`${label}, content`} tabIndex={0}>
      {children}
    </section>
  );
}
