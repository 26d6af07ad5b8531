// A text of others, as text: what is invisible in it is shown as a small mark.

import type { ComponentChildren, VNode } from "preact";
import { hasControls, type TextRun, visibleRuns } from "./visible-controls.ts";
import "./visible-text.css";

/** Shows `text` with its controls as marks. A selection that is copied holds the controls themselves. */
export function VisibleText({ text }: { readonly text: string }): VNode {
  return <>{visibleChildren(text)}</>;
}

/** The same as children, for callers that make many short texts: a text without controls is the string itself. */
export function visibleChildren(text: string): ComponentChildren {
  return hasControls(text) ? visibleRuns(text).map(shownRun) : text;
}

function shownRun(run: TextRun, index: number): ComponentChildren {
  if (run.kind === "text") return run.text;
  // The label comes from the style sheet, so that copying gives the control and not its name.
  return (
    <span
      key={index}
      class="control-mark"
      role="img"
      aria-label={run.title}
      title={run.title}
      data-label={run.label}
    >
      {run.text}
    </span>
  );
}
