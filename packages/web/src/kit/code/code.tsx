// Code in colors, as soon as they are there.

import { type Signal, signal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ChunkedText } from "./chunked-text.tsx";
import type { ColorRun } from "./code-colors.ts";
import { visibleChildren } from "./visible-text.tsx";
import "./code.css";

/**
 * What is longer, or has a longer line, stays plain. Coloring is work on the page's only thread, and grammars are not
 * linear in the length of a line: within these bounds the worst text known takes a fifth of a second.
 */
export const coloredCharsMax = 20_000;
export const coloredLineCharsMax = 500;

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
  const isColored = useMemo(() => language !== "" && isWithinBounds(text), [text, language]);
  const highlight = isColored ? highlighter.value : undefined;
  useEffect(() => {
    if (isColored) void loadHighlighter();
  }, [isColored]);
  const runs = useMemo(() => highlight?.(text, language.toLowerCase()), [highlight, text, language]);
  if (runs === undefined) return <ChunkedText text={text} />;
  return <>{runs.map(coloredRun)}</>;
}

function isWithinBounds(text: string): boolean {
  return (
    text.length <= coloredCharsMax && text.split("\n").every((line) => line.length <= coloredLineCharsMax)
  );
}

function coloredRun({ text, color }: ColorRun, index: number): VNode {
  return (
    <span key={index} {...(color === undefined ? {} : { class: `code-${color}` })}>
      {visibleChildren(text)}
    </span>
  );
}
