// What changed between two texts. A change is told by a sign and a word as well as by its color.

import { type Signal, signal, useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ChunkedText } from "./chunked-text.tsx";
import { ScrollPlace } from "./scroll-place.tsx";
import { type DiffRow, type TextRange, unifiedRows } from "./unified-rows.ts";
import { visibleChildren } from "./visible-text.tsx";
import "./diff.css";

const rowsAtFirst = 400;
const rowsMore = 1_000;
/** Of a longer diff the first part is read only. */
const unifiedCharsMax = 2_000_000;
const rowCharsMax = 4_000;

type Compare = (before: string, after: string) => readonly DiffRow[] | undefined;

const comparer: Signal<Compare | undefined> = signal(undefined);

/** Fetches the comparison once. */
export async function loadComparer(): Promise<void> {
  if (comparer.peek() !== undefined) return;
  try {
    comparer.value = (await import("./line-changes.ts")).changedRows;
  } catch {
    // Without the chunk both texts are shown whole. The next comparison that is shown asks again.
  }
}

export interface DiffProps {
  readonly before: string;
  readonly after: string;
}

/** The lines that differ. Texts that are too large or too different to compare are shown one after the other. */
export function Diff({ before, after }: DiffProps): VNode {
  useEffect(() => {
    void loadComparer();
  }, []);
  const compare = comparer.value;
  const rows = useMemo(() => compare?.(before, after), [compare, before, after]);
  if (compare === undefined) return <p class="diff-remark">Comparing…</p>;
  if (rows === undefined) return <BothTexts before={before} after={after} />;
  if (rows.length === 0) return <p class="diff-remark">No difference.</p>;
  return <Rows rows={rows} />;
}

function BothTexts({ before, after }: DiffProps): VNode {
  return (
    <div class="diff">
      <p class="diff-remark">Too much differs to compare line by line.</p>
      <WholeText name="Before" text={before} />
      <WholeText name="After" text={after} />
    </div>
  );
}

function WholeText({ name, text }: { readonly name: string; readonly text: string }): VNode {
  const shown = text.slice(0, 100_000);
  return (
    <details class="diff-whole">
      <summary>
        {name} ({text.length.toLocaleString("en")} characters)
      </summary>
      <ScrollPlace name="code-scroll" label={name}>
        <pre dir="ltr">
          <ChunkedText text={shown} />
        </pre>
      </ScrollPlace>
      {shown.length < text.length ? <p class="diff-remark">The first 100,000 characters are shown.</p> : null}
    </details>
  );
}

/** A unified diff, as tools and version control write it. Any other text is shown line by line. */
export function UnifiedDiff({ text }: { readonly text: string }): VNode {
  const rows = useMemo(() => unifiedRows(text.slice(0, unifiedCharsMax)), [text]);
  return (
    <>
      <Rows rows={rows} />
      {text.length > unifiedCharsMax ? (
        <p class="diff-remark">The first 2,000,000 characters are shown.</p>
      ) : null}
    </>
  );
}

function Rows({ rows }: { readonly rows: readonly DiffRow[] }): VNode {
  const shownCount = useSignal(rowsAtFirst);
  const hiddenCount = rows.length - shownCount.value;
  return (
    <div class="diff">
      <ScrollPlace name="diff-scroll" label="Changes">
        <div class="diff-rows">{rows.slice(0, shownCount.value).map(shownRow)}</div>
      </ScrollPlace>
      {hiddenCount <= 0 ? null : (
        <button type="button" class="button" onClick={() => (shownCount.value += rowsMore)}>
          Show more ({hiddenCount.toLocaleString("en")} lines)
        </button>
      )}
    </div>
  );
}

const signs = { same: " ", added: "+", removed: "-", note: "" } as const;
const words = { added: "Added: ", removed: "Removed: " } as const;

function shownRow(row: DiffRow, index: number): VNode {
  return (
    <div key={index} class={`diff-row diff-${row.kind}`}>
      <span class="diff-number">{"before" in row ? row.before : ""}</span>
      <span class="diff-number">{"after" in row ? row.after : ""}</span>
      <span class="diff-sign" aria-hidden="true">
        {signs[row.kind]}
      </span>
      <span class="diff-text" dir="ltr">
        {row.kind === "added" || row.kind === "removed" ? (
          <span class="visually-hidden">{words[row.kind]}</span>
        ) : null}
        {"mark" in row && row.mark !== undefined
          ? marked(row.text, row.mark)
          : visibleChildren(cut(row.text))}
      </span>
    </div>
  );
}

function marked(text: string, { from, to }: TextRange): VNode {
  return (
    <>
      {visibleChildren(cut(text.slice(0, from)))}
      <span class="diff-mark">{visibleChildren(cut(text.slice(from, to)))}</span>
      {visibleChildren(cut(text.slice(to)))}
    </>
  );
}

function cut(text: string): string {
  if (text.length <= rowCharsMax) return text;
  return `${text.slice(0, rowCharsMax)} … ${(text.length - rowCharsMax).toLocaleString("en")} characters more`;
}
