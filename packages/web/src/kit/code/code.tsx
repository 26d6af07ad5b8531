// Code in colors, as soon as they are there.

import { type Signal, signal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ChunkedText } from "./chunked-text.tsx";
import type { ColorRun } from "./code-colors.ts";
import { visibleChildren } from "./visible-text.tsx";
import "./code.css";

/** Longer texts stay plain: coloring is work on the page's only thread. */
export const coloredCharsMax = 50_000;

type Highlight = (text: string, language: string) => readonly ColorRun[] | undefined;

const highlighter: Signal<Highlight | undefined> = signal(undefined);

/** Fetches the highlighter once. Code that is shown takes on its colors when it has come. */
export async function loadHighlighter(): Promise<void> {
  if (highlighter.peek() !== undefined) return;
  try {
    highlighter.value = (await import("./highlighter.ts")).highlight;
  } catch {
    // Without the chunk, code stays plain and readable. The next code that is shown asks again.
  }
}

export interface CodeProps {
  readonly text: string;
  /** A name or alias of a grammar, such as `ts`; any other text stays plain. */
  readonly language: string;
}

/** The text of a place that keeps white space, in colors where `language` is known and the text is not too long. */
export function Code({ text, language }: CodeProps): VNode {
  const isColored = language !== "" && text.length <= coloredCharsMax;
  const highlight = isColored ? highlighter.value : undefined;
  useEffect(() => {
    if (isColored) void loadHighlighter();
  }, [isColored]);
  const runs = useMemo(() => highlight?.(text, language.toLowerCase()), [highlight, text, language]);
  if (runs === undefined) return <ChunkedText text={text} />;
  return <>{runs.map(coloredRun)}</>;
}

function coloredRun({ text, color }: ColorRun, index: number): VNode {
  return (
    <span key={index} {...(color === undefined ? {} : { class: `code-${color}` })}>
      {visibleChildren(text)}
    </span>
  );
}
