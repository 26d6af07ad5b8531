// The tool calls of a turn or of its whole conversation, slowest or newest first.
import type { OutputOf } from "@lathe/client";
import type { ToolCallTrace } from "@lathe/wire";
import { tracesList } from "@lathe/wire/operations";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { goWithin } from "../app/navigation.ts";
import { type Place, pathOf } from "../app/places.ts";
import { counted, duration } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { Time } from "../kit/time.tsx";
import { useAnswer } from "../state/answer.ts";
import { ask } from "../state/daemon.ts";
import { outcomeWord } from "./span-words.ts";

type TracePlace = Extract<Place, { kind: "trace" }>;

export interface ToolCallsProps {
  readonly place: TracePlace;
  readonly conversationId: string | null;
  /** A call was chosen: its span is shown. */
  readonly onChosen: () => void;
}

type CallPage = OutputOf<typeof tracesList>;

const pageCount = 50;
const pageCountMax = 200;
/** A page of a list with a filter may hold nothing and still have more behind it: so many of such are read at once. */
const emptyPagesMax = 5;

export function ToolCalls({ place, conversationId, onChosen }: ToolCallsProps): JSX.Element {
  const isWhole = useSignal(false);
  const order = useSignal<"slowest" | "newest">("slowest");
  const onlyFailed = useSignal(false);
  const wanted = useSignal(pageCount);
  const of =
    isWhole.value && conversationId !== null ? { conversationId } : ({ turnId: place.turnId } as const);
  const query = { ...of, order: order.value, ...(onlyFailed.value ? { outcome: "error" as const } : {}) };
  // More of the same list is asked for again, so that what is shown stays until it is there.
  const { answer, again } = useAnswer(JSON.stringify(query), (signal) =>
    readCalls(query, wanted.value, signal),
  );
  const { value } = answer;
  return (
    <div class="trace-body">
      {/* biome-ignore lint/a11y/useSemanticElements: these are no fields of a form. */}
      <div class="trace-filters trace-choices" role="group" aria-label="Which tool calls">
        <Choice isOn={isWhole.value} flip={() => flip(isWhole)} text="Whole conversation" />
        <Choice
          isOn={order.value === "newest"}
          flip={() => {
            order.value = order.value === "newest" ? "slowest" : "newest";
          }}
          text="Newest first"
        />
        <Choice isOn={onlyFailed.value} flip={() => flip(onlyFailed)} text="Failed" />
      </div>
      {value.kind === "asking" ? <p class="empty">Reading the tool calls</p> : null}
      {value.kind === "failed" ? (
        <div class="trace-missing">
          <ProblemCard
            title="The tool calls could not be read"
            actions={<Button onClick={again}>Try again</Button>}
          >
            {failureText(value.failure)}
          </ProblemCard>
        </div>
      ) : null}
      {value.kind === "answered" ? (
        <CallList
          page={value.value}
          place={place}
          onChosen={onChosen}
          more={() => {
            wanted.value += pageCount;
            again();
          }}
        />
      ) : null}
    </div>
  );
}

function flip(signal: { value: boolean }): void {
  signal.value = !signal.value;
}

interface ChoiceProps {
  readonly isOn: boolean;
  readonly flip: () => void;
  readonly text: string;
}

function Choice({ isOn, flip: onClick, text }: ChoiceProps): JSX.Element {
  return (
    <Button class="trace-choice" aria-pressed={isOn} onClick={onClick}>
      {text}
    </Button>
  );
}

interface CallListProps {
  readonly page: CallPage;
  readonly place: TracePlace;
  readonly onChosen: () => void;
  readonly more: () => void;
}

export function CallList({ page, place, onChosen, more }: CallListProps): JSX.Element {
  const longestMs = Math.max(1, ...page.items.map(({ durationMs }) => durationMs ?? 0));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <section class="trace-calls" aria-label="Tool calls" tabIndex={0}>
      {page.items.length === 0 ? <p class="empty">No tool call is like this.</p> : null}
      <ul class="plain-list">
        {page.items.map((call) => (
          <CallItem
            key={`${call.spanId} ${call.callId}`}
            call={call}
            longestMs={longestMs}
            place={place}
            onChosen={onChosen}
          />
        ))}
      </ul>
      {page.nextCursor === null ? (
        <p class="muted trace-calls-end">{counted(page.items.length, "call")}, that is all.</p>
      ) : (
        <Button onClick={more}>Show more</Button>
      )}
    </section>
  );
}

interface CallItemProps {
  readonly call: ToolCallTrace;
  readonly longestMs: number;
  readonly place: TracePlace;
  readonly onChosen: () => void;
}

function CallItem({ call, longestMs, place, onChosen }: CallItemProps): JSX.Element {
  const { turnId, spanId, tool, durationMs, startedAtMs, input, error } = call;
  const to: TracePlace = { kind: "trace", turnId, spanId };
  return (
    <li class="trace-call">
      <a
        href={pathOf(to)}
        onClick={(event) => {
          if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          onChosen();
          goWithin(place, to);
        }}
      >
        <bdi>
          <VisibleText text={tool} />
        </bdi>
      </a>
      <Outcome outcome={call.outcome ?? "open"} />
      <span class="muted trace-call-time">
        <Time atMs={startedAtMs} />
      </span>
      <span class="trace-took">{duration(durationMs)}</span>
      <span class="trace-call-bar" aria-hidden="true">
        <span style={{ inlineSize: `${((durationMs ?? 0) / longestMs) * 100}%` }} />
      </span>
      <span class="trace-call-input mono foreign" dir="auto">
        <VisibleText text={error ?? input?.beginning ?? ""} />
      </span>
    </li>
  );
}

function Outcome({ outcome }: { readonly outcome: string }): JSX.Element {
  const { word, tone } = outcomeWord(outcome);
  if (tone === "neutral") return <span class="muted">{word}</span>;
  return (
    <Badge tone={tone} live={outcome === "open"}>
      {word}
    </Badge>
  );
}

type CallQuery = Parameters<typeof ask<typeof tracesList>>[1];

async function readCalls(query: CallQuery, wantedCount: number, signal: AbortSignal): Promise<CallPage> {
  const items: ToolCallTrace[] = [];
  let cursor: string | null = null;
  const pagesMax = Math.ceil(wantedCount / pageCountMax) + emptyPagesMax;
  for (let page = 0; page < pagesMax; page++) {
    const limit = Math.min(pageCountMax, wantedCount - items.length);
    const answer: CallPage = await ask(
      tracesList,
      { ...query, limit, ...(cursor === null ? {} : { cursor }) },
      { signal },
    );
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (cursor === null || items.length >= wantedCount) break;
  }
  return { items, nextCursor: cursor };
}
