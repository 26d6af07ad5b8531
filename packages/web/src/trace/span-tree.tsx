// The tree of a turn's spans. It has the focus itself and says which row is active, so that the focus is not lost when a
// row is scrolled out of sight: only rows in sight are made, and a turn may have thousands.
import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { TimeSpan } from "./bar-geometry.ts";
import { offsetsOf, windowOf } from "./row-window.ts";
import { SpanRowView } from "./span-row.tsx";
import type { SpanRow } from "./span-rows.ts";
import { kindOf } from "./span-words.ts";
import type { TokenSplit } from "./token-split.ts";
import { treeMove } from "./tree-keys.ts";

export interface SpanTreeProps {
  readonly rows: readonly SpanRow[];
  readonly tokens: ReadonlyMap<string, TokenSplit>;
  /** By span id, in milliseconds. */
  readonly waits: ReadonlyMap<string, number>;
  readonly turn: TimeSpan;
  readonly nowMs: number;
  /** The span whose details are shown. */
  readonly openedId: string | undefined;
  readonly collapsed: Signal<ReadonlySet<string>>;
  readonly onOpen: (spanId: string) => void;
}

/** As in the style sheet, in rem. */
const rowHeight = 1.875;
const tallRowHeight = 3.25;
const aroundHeight = 20;
/** Before anything was measured. */
const firstHeight = 60;

export function SpanTree(props: SpanTreeProps): JSX.Element {
  const { rows, tokens, waits, turn, nowMs, openedId, collapsed, onOpen } = props;
  const element = useRef<HTMLDivElement>(null);
  const treeId = useId();
  const sight = useSignal({ top: 0, height: firstHeight });
  const activeId = useSignal(openedId ?? rows[0]?.span.spanId);
  const offsets = useMemo(() => offsetsOf(rows.map((row) => heightOf(row, tokens))), [rows, tokens]);
  const found = rows.findIndex(({ span }) => span.spanId === activeId.value);
  const activeRow = Math.max(0, found);
  useEffect(
    () =>
      followSight(element.current, (seen) => {
        sight.value = seen;
      }),
    [sight],
  );
  const bringIntoSight = (at: number): void => scrollTo(element.current, offsets, at);
  // Where an address names a span it is in sight, also when its details have just taken a part of the room.
  useLayoutEffect(() => {
    if (openedId !== undefined) bringIntoSight(rows.findIndex(({ span }) => span.spanId === openedId));
  }, [openedId]);
  const toggle = (spanId: string): void => {
    const next = new Set(collapsed.value);
    if (!next.delete(spanId)) next.add(spanId);
    collapsed.value = next;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = treeMove(event.key, rows, activeRow);
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const spanId = rows[move.at]?.span.spanId;
    if (spanId === undefined) return;
    activeId.value = spanId;
    if (move.kind === "toggle") toggle(spanId);
    if (move.kind === "open") onOpen(spanId);
    bringIntoSight(move.at);
  };
  const { from, to } = windowOf(offsets, sight.value, aroundHeight);
  const isActiveMade = activeRow >= from && activeRow < to;
  return (
    <div
      ref={element}
      role="tree"
      class="trace-tree"
      tabIndex={0}
      aria-label="Spans of the turn"
      {...(isActiveMade ? { "aria-activedescendant": rowId(treeId, rows[activeRow]) } : {})}
      onKeyDown={onKeyDown}
    >
      <div
        role="none"
        class="trace-rows"
        style={{ blockSize: `${offsets.at(-1) ?? 0}rem`, paddingBlockStart: `${offsets[from] ?? 0}rem` }}
      >
        {rows.slice(from, to).map((row, index) => (
          <SpanRowView
            key={row.span.spanId}
            id={rowId(treeId, row)}
            row={row}
            tokens={shownTokens(row, tokens)}
            waitedMs={waits.get(row.span.spanId)}
            turn={turn}
            nowMs={nowMs}
            isActive={from + index === activeRow}
            isOpened={row.span.spanId === openedId}
            onToggle={() => toggle(row.span.spanId)}
            onOpen={() => {
              activeId.value = row.span.spanId;
              onOpen(row.span.spanId);
            }}
          />
        ))}
      </div>
    </div>
  );
}

function rowId(treeId: string, row: SpanRow | undefined): string {
  return `${treeId}-${row?.span.spanId ?? ""}`;
}

/** A request has the tokens of its step, which stands above it. */
function shownTokens({ span }: SpanRow, tokens: ReadonlyMap<string, TokenSplit>): TokenSplit | undefined {
  const kind = kindOf(span);
  return kind === "step" || kind === "turn" ? tokens.get(span.spanId) : undefined;
}

function heightOf(row: SpanRow, tokens: ReadonlyMap<string, TokenSplit>): number {
  return shownTokens(row, tokens) === undefined ? rowHeight : tallRowHeight;
}

/** Heights and positions are in rem, so that rows grow with the letters of those who want them larger. */
function remPixels(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

function followSight(
  element: HTMLElement | null,
  tell: (sight: { readonly top: number; readonly height: number }) => void,
): (() => void) | undefined {
  if (element === null) return undefined;
  let told = { top: Number.NaN, height: Number.NaN };
  const look = (): void => {
    const rem = remPixels();
    const seen = { top: element.scrollTop / rem, height: element.clientHeight / rem };
    // Rows around those in sight are made already: nothing is drawn anew for every pixel.
    if (seen.height === told.height && Math.abs(seen.top - told.top) < aroundHeight / 2) return;
    told = seen;
    tell(seen);
  };
  const observer = new ResizeObserver(look);
  observer.observe(element);
  element.addEventListener("scroll", look, { passive: true });
  return () => {
    observer.disconnect();
    element.removeEventListener("scroll", look);
  };
}

function scrollTo(element: HTMLElement | null, offsets: readonly number[], at: number): void {
  const top = offsets[at];
  const bottom = offsets[at + 1];
  if (element === null || top === undefined || bottom === undefined) return;
  const rem = remPixels();
  if (top * rem < element.scrollTop) element.scrollTop = top * rem;
  else if (bottom * rem > element.scrollTop + element.clientHeight)
    element.scrollTop = bottom * rem - element.clientHeight;
}
