// What a run says, line by line. It follows the end while one is at it; of a long log the last lines are laid out.
import type { WorkflowLogLine } from "@lathe/wire";
import { useSignal } from "@preact/signals";
import { Component, type JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { count } from "../kit/amounts.ts";
import { Button } from "../kit/button.tsx";
import { VisibleText } from "../kit/code/visible-text.tsx";
import type { KeptLog } from "./workflow-log.ts";
import "./run-log.css";

const shownAtFirst = 400;
const shownStep = 1_000;
const chunkCount = 100;
const atEndPx = 24;

export function RunLog({ log }: { readonly log: KeptLog }): JSX.Element {
  const { lines, droppedCount } = log;
  const place = useRef<HTMLDivElement>(null);
  const isAtEnd = useSignal(true);
  /** Position of the first line that is laid out, among all that there were; null = as many as fit, at the end. */
  const heldFrom = useSignal<number | null>(null);
  const total = droppedCount + lines.length;
  const from = Math.max(droppedCount, heldFrom.value ?? wholeChunks(total - shownAtFirst));
  useLayoutEffect(() => {
    const { current } = place;
    if (current !== null && isAtEnd.value) current.scrollTop = current.scrollHeight;
  }, [total]);
  useEffect(() => {
    // Whoever reads further up must not have lines taken away above.
    if (!isAtEnd.value && heldFrom.value === null) heldFrom.value = from;
  }, [isAtEnd.value]);
  const follow = (): void => {
    const { current } = place;
    if (current === null) return;
    const { scrollHeight, scrollTop, clientHeight } = current;
    isAtEnd.value = scrollHeight - scrollTop - clientHeight <= atEndPx;
  };
  const toEnd = (): void => {
    heldFrom.value = null;
    isAtEnd.value = true;
    const { current } = place;
    if (current !== null) current.scrollTop = current.scrollHeight;
  };
  return (
    <div class="run-log-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <section class="run-log" aria-label="Log lines" tabIndex={0} ref={place} onScroll={follow}>
        {from > droppedCount ? (
          <Button
            kind="quiet"
            onClick={() => {
              isAtEnd.value = false;
              heldFrom.value = Math.max(droppedCount, from - shownStep);
            }}
          >
            Show earlier lines ({count(from - droppedCount)})
          </Button>
        ) : null}
        {from === droppedCount && droppedCount > 0 ? (
          <p class="muted">{count(droppedCount)} older lines are not kept in this page.</p>
        ) : null}
        {chunksOf(lines, from - droppedCount, droppedCount)}
      </section>
      {isAtEnd.value ? null : (
        <Button icon="arrow-down" class="run-log-end" onClick={toEnd}>
          To the end
        </Button>
      )}
    </div>
  );
}

/** Chunks begin where they began, so that those that are full are not laid out again. */
function wholeChunks(position: number): number {
  return Math.max(0, Math.floor(position / chunkCount) * chunkCount);
}

function chunksOf(lines: readonly WorkflowLogLine[], from: number, droppedCount: number): JSX.Element[] {
  const chunks: JSX.Element[] = [];
  let start = Math.max(0, from);
  while (start < lines.length) {
    const end = wholeChunks(droppedCount + start) + chunkCount - droppedCount;
    chunks.push(<LogChunk key={lines[start]?.seq} lines={lines.slice(start, end)} />);
    start = end;
  }
  return chunks;
}

interface LogChunkProps {
  readonly lines: readonly WorkflowLogLine[];
}

class LogChunk extends Component<LogChunkProps> {
  override shouldComponentUpdate({ lines }: LogChunkProps): boolean {
    const { lines: shown } = this.props;
    return lines.length !== shown.length || lines[0] !== shown[0];
  }

  override render(): JSX.Element {
    return (
      <ol class="plain-list run-log-chunk">
        {this.props.lines.map((line) => (
          <LogLine key={line.seq} line={line} />
        ))}
      </ol>
    );
  }
}

const clock: Intl.DateTimeFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const levelWords = { info: "", warn: "Warning: ", error: "Error: " } as const;
const textLengthMax = 4_000;

function LogLine({ line: { atMs, level, source, text } }: { readonly line: WorkflowLogLine }): JSX.Element {
  const shown = text.length > textLengthMax ? `${text.slice(0, textLengthMax)}…` : text;
  return (
    <li class={`run-log-line run-log-${level}`}>
      <span class="run-log-time">{clock.format(atMs)}</span>
      <span class="foreign run-log-text" dir="auto">
        {source === "engine" ? <span class="muted">Lathe: </span> : null}
        {levelWords[level]}
        <VisibleText text={shown} />
      </span>
    </li>
  );
}
