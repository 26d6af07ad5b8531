// Two texts beside each other, with the words marked that one has and the other has not.
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ChunkedText } from "../kit/code/chunked-text.tsx";
import { visibleChildren } from "../kit/code/visible-text.tsx";
import type { WordRun } from "../kit/code/word-changes.ts";
import { Markdown } from "../kit/markdown/markdown.tsx";
import { remembered } from "../state/remembered.ts";
import { BothSides, Sides } from "./sides.tsx";

/** Whether differences are marked; texts are shown as they were written where they are not. */
export const isMarking: Signal<boolean> = remembered("compare-marks", true, (kept) =>
  typeof kept === "boolean" ? kept : undefined,
);

type Compare = (before: string, after: string) => readonly WordRun[] | undefined;

const comparer: Signal<Compare | undefined> = signal(undefined);

/** Fetches the comparison once. */
async function loadComparer(): Promise<void> {
  if (comparer.peek() !== undefined) return;
  try {
    comparer.value = (await import("../kit/code/word-changes.ts")).wordChanges;
  } catch {
    // Without the chunk both texts are shown without marks. The next ones that are shown ask again.
  }
}

export interface ComparedTextProps {
  /** Of A and of B; null where there is none. */
  readonly texts: readonly [string | null, string | null];
  /** Where no marks are to be seen; what is marked is shown letter by letter. */
  readonly isMarkdown: boolean;
  /** At least one is still being written: it is not compared before it is whole. */
  readonly live: boolean;
}

export function ComparedText({ texts: [one, other], isMarkdown, live }: ComparedTextProps): JSX.Element {
  const isBoth = one !== null && other !== null;
  const isSame = isBoth && one === other && !live;
  const wantsMarks = isBoth && !isSame && !live && isMarking.value;
  useEffect(() => {
    if (wantsMarks) void loadComparer();
  }, [wantsMarks]);
  const compare = wantsMarks ? comparer.value : undefined;
  const runs = useMemo(() => compare?.(one ?? "", other ?? ""), [compare, one, other]);
  const shown = (text: string | null): JSX.Element | null =>
    text === null ? null : <Whole text={text} isMarkdown={isMarkdown} live={live} />;
  if (isSame) return <BothSides>{shown(one)}</BothSides>;
  if (runs === undefined) return <Sides one={shown(one)} other={shown(other)} />;
  return <Sides one={<Marked runs={runs} own="before" />} other={<Marked runs={runs} own="after" />} />;
}

interface WholeProps {
  readonly text: string;
  readonly isMarkdown: boolean;
  readonly live: boolean;
}

function Whole({ text, isMarkdown, live }: WholeProps): JSX.Element {
  if (text === "") return <span class="muted">{live ? "nothing yet" : "no text"}</span>;
  return (
    <div class={`foreign ${isMarkdown ? "" : "compare-plain"}`} dir="auto">
      {isMarkdown ? <Markdown text={text} live={live} /> : <ChunkedText text={text} />}
    </div>
  );
}

function Marked({
  runs,
  own,
}: {
  readonly runs: readonly WordRun[];
  readonly own: "before" | "after";
}): JSX.Element {
  return (
    <div class="foreign compare-plain" dir="auto">
      {runs.map(({ kind, text }, at) => {
        if (kind === "same") return visibleChildren(text);
        // The style sheet says that it is a difference to those who do not see it, so that a copy is the text itself.
        return kind === own ? (
          <mark key={at} class="compare-mark">
            {visibleChildren(text)}
          </mark>
        ) : null;
      })}
    </div>
  );
}
