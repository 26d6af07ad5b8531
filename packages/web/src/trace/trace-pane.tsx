// What happened in a turn, span by span, as it happens.
import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { goWithin } from "../app/navigation.ts";
import { PaneFrame } from "../app/pane-frame.tsx";
import { PlaceLink } from "../app/place-link.tsx";
import type { Place } from "../app/places.ts";
import { Button } from "../kit/button.tsx";
import { timeOf } from "./bar-geometry.ts";
import { FilterBar } from "./filter-bar.tsx";
import { retryWaits } from "./retry-waits.ts";
import { SpanDetails } from "./span-details.tsx";
import { matchCount, noFilter, rowsOf, type SpanFilter } from "./span-rows.ts";
import { SpanTree } from "./span-tree.tsx";
import { tokensBySpan } from "./token-split.ts";
import { ToolCalls } from "./tool-calls.tsx";
import { TraceFailure } from "./trace-failure.tsx";
import { TurnSummary } from "./turn-summary.tsx";
import { type ReadTrace, useTrace } from "./use-trace.ts";
import "./span-tree.css";
import "./span-details.css";
import "./tool-calls.css";
// Last: what depends on the width of the pane comes after what it changes.
import "./trace.css";

type TracePlace = Extract<Place, { kind: "trace" }>;

export function TracePane({ place }: { readonly place: TracePlace }): JSX.Element {
  const { read, failure, again } = useTrace(place.turnId);
  const isList = useSignal(false);
  const { value } = read;
  return (
    <PaneFrame title="Trace" ownScroll class="trace-pane" actions={<Actions read={value} isList={isList} />}>
      {failure.value === null ? null : (
        <TraceFailure failure={failure.value} hasTrace={value !== null} again={again} />
      )}
      {value === null && failure.value === null ? <p class="empty">Reading the trace</p> : null}
      {value !== null && !isList.value ? <Spans read={value} place={place} /> : null}
      {value !== null && isList.value ? (
        <ToolCalls
          place={place}
          conversationId={value.trace.conversationId}
          onChosen={() => {
            isList.value = false;
          }}
        />
      ) : null}
    </PaneFrame>
  );
}

interface ActionsProps {
  readonly read: ReadTrace | null;
  readonly isList: Signal<boolean>;
}

function Actions({ read, isList }: ActionsProps): JSX.Element | null {
  if (read === null) return null;
  const { conversationId, turnId } = read.trace;
  return (
    <>
      <Button
        kind="quiet"
        icon="tool"
        aria-pressed={isList.value}
        onClick={() => {
          isList.value = !isList.value;
        }}
      >
        Tool calls
      </Button>
      {conversationId === null ? null : (
        <PlaceLink class="button button-quiet" to={{ kind: "conversation", id: conversationId, turnId }}>
          Go to the turn
        </PlaceLink>
      )}
    </>
  );
}

function Spans({ read, place }: { readonly read: ReadTrace; readonly place: TracePlace }): JSX.Element {
  const { trace, atMs } = read;
  const { spans } = trace;
  const filter = useSignal<SpanFilter>(noFilter);
  const collapsed = useSignal<ReadonlySet<string>>(new Set());
  const rows = useMemo(
    () => rowsOf(spans, collapsed.value, filter.value),
    [spans, collapsed.value, filter.value],
  );
  const matches = useMemo(() => matchCount(spans, filter.value), [spans, filter.value]);
  const tokens = useMemo(() => tokensBySpan(spans), [spans]);
  const waits = useMemo(() => retryWaits(spans), [spans]);
  const turn = useMemo(() => timeOf(spans, atMs), [spans, atMs]);
  const { turnId } = place;
  const opened = spans.find(({ spanId }) => spanId === place.spanId);
  const show = (to: TracePlace): void => goWithin(place, to, { replace: true });
  return (
    <div class="trace-body">
      <TurnSummary trace={trace} turn={turn} />
      <FilterBar filter={filter} matchCount={matches} spanCount={spans.length} />
      {trace.cut ? <p class="trace-cut">This turn has more spans than are shown here.</p> : null}
      <div class={`trace-panes ${opened === undefined ? "" : "trace-panes-split"}`}>
        {rows.length === 0 ? (
          <p class="empty">
            {spans.length === 0 ? "Nothing of this turn was recorded yet." : "No span is like this."}
          </p>
        ) : (
          <SpanTree
            rows={rows}
            tokens={tokens}
            waits={waits}
            turn={turn}
            nowMs={atMs}
            openedId={opened?.spanId}
            collapsed={collapsed}
            onOpen={(spanId) => show({ kind: "trace", turnId, spanId })}
          />
        )}
        {opened === undefined ? null : (
          <SpanDetails
            key={opened.spanId}
            turnId={turnId}
            span={opened}
            spans={spans}
            tokens={tokens.get(opened.spanId)}
            turn={turn}
            onClose={() => {
              show({ kind: "trace", turnId });
              document.querySelector<HTMLElement>(".trace-tree")?.focus();
            }}
          />
        )}
      </div>
      {place.spanId !== undefined && opened === undefined ? (
        <p class="trace-cut">The span of this address is not in the trace (any more).</p>
      ) : null}
    </div>
  );
}
