// One row of the tree.
import type { JSX } from "preact";
import { duration } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { Icon, type IconName } from "../kit/icon.tsx";
import type { TimeSpan } from "./bar-geometry.ts";
import { SpanBar } from "./span-bar.tsx";
import type { SpanRow } from "./span-rows.ts";
import { kindOf, kindWords, labelOf, notesOf, outcomeOf, type SpanKind } from "./span-words.ts";
import { TokenLine } from "./token-line.tsx";
import type { TokenSplit } from "./token-split.ts";

export interface SpanRowViewProps {
  readonly row: SpanRow;
  readonly id: string;
  /** Only of steps and turns. */
  readonly tokens: TokenSplit | undefined;
  /** How long it was waited before this was asked again, in milliseconds. */
  readonly waitedMs: number | undefined;
  readonly turn: TimeSpan;
  readonly nowMs: number;
  readonly isActive: boolean;
  readonly isOpened: boolean;
  readonly onOpen: () => void;
  readonly onToggle: () => void;
}

const icons: Readonly<Record<SpanKind, IconName>> = {
  turn: "conversation",
  step: "runs",
  prompt: "edit",
  request: "send",
  tool: "tool",
  other: "trace",
};

const levelShownMax = 10;

export function SpanRowView(props: SpanRowViewProps): JSX.Element {
  const { row, id, tokens, waitedMs, turn, nowMs, isActive, isOpened, onOpen, onToggle } = props;
  const { span, level, position, setSize, hasChildren, isExpanded, isContext } = row;
  const states = [isActive && "trace-row-active", isContext && "trace-row-context"].filter(Boolean).join(" ");
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and says which row is active.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree listens to the keys of all of its rows.
    <div
      id={id}
      role="treeitem"
      class={`trace-row ${tokens === undefined ? "" : "trace-row-tall"} ${states}`}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={setSize}
      aria-selected={isOpened}
      {...(hasChildren ? { "aria-expanded": isExpanded } : {})}
      style={{ "--level": String(Math.min(level, levelShownMax) - 1) }}
      onClick={onOpen}
    >
      <Twisty hasChildren={hasChildren} isExpanded={isExpanded} onToggle={onToggle} />
      <span class="trace-name">
        <Icon name={icons[kindOf(span)]} />
        <span class="visually-hidden">{kindWords[kindOf(span)]}: </span>
        <bdi class="trace-label">
          <VisibleText text={labelOf(span)} />
        </bdi>
        <span class="trace-notes">
          {waitedMs === undefined ? null : <bdi>waited {duration(waitedMs)}</bdi>}
          {notesOf(span).map((note, at) => (
            <bdi key={at}>
              <VisibleText text={note} />
            </bdi>
          ))}
        </span>
      </span>
      <Outcome row={row} />
      <span class="trace-took">{tookOf(span, nowMs)}</span>
      <SpanBar span={span} turn={turn} nowMs={nowMs} />
      {tokens === undefined ? null : <TokenLine tokens={tokens} />}
    </div>
  );
}

interface TwistyProps {
  readonly hasChildren: boolean;
  readonly isExpanded: boolean;
  readonly onToggle: () => void;
}

/** For the mouse: the keyboard has the arrow keys, and a tree holds no buttons. */
function Twisty({ hasChildren, isExpanded, onToggle }: TwistyProps): JSX.Element {
  if (!hasChildren) return <span class="trace-twisty" />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the row says whether it is open, and the keys open it.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree listens to the keys of all of its rows.
    <span
      class={`trace-twisty trace-twisty-${isExpanded ? "open" : "closed"}`}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      <Icon name="arrow-right" />
    </span>
  );
}

function Outcome({ row: { span } }: { readonly row: SpanRow }): JSX.Element {
  const { word, tone } = outcomeOf(span);
  if (tone === "neutral") return <span class="trace-outcome muted">{word}</span>;
  return (
    <span class="trace-outcome">
      <Badge tone={tone} live={span.outcome === "open"}>
        <VisibleText text={word} />
      </Badge>
    </span>
  );
}

function tookOf({ startedAtMs, durationMs, outcome }: SpanRow["span"], nowMs: number): string {
  return duration(outcome === "open" ? Math.max(0, nowMs - startedAtMs) : durationMs);
}
