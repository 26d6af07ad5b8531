// A conversation's turns as they are now: read again when its row changes, and every 2 s while a turn runs.
import { LatheProblem } from "@lathe/client";
import type { Conversation } from "@lathe/kernel";
import type { ConversationUsage, TurnSummary } from "@lathe/wire";
import { conversationsGet, conversationsTimeline, conversationsUsage } from "@lathe/wire/operations";
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { conversationNow } from "../state/conversation-feed.ts";
import { ask } from "../state/daemon.ts";
import { type Reading, startReading } from "../state/reading.ts";
import { useChange } from "../state/use-change.ts";

export interface ReadTimeline {
  readonly conversation: Conversation;
  readonly usage: ConversationUsage;
  /** The newest first. */
  readonly turns: readonly TurnSummary[];
  readonly hasMore: boolean;
  /** When it was read, in milliseconds since 1970, by the clock of this browser. */
  readonly atMs: number;
}

export interface LiveTimeline {
  /** Null until it was read. */
  readonly read: ReadonlySignal<ReadTimeline | null>;
  /** Why the last reading failed; null where it did not. What was read before stays. */
  readonly failure: ReadonlySignal<unknown>;
  readonly again: () => void;
  readonly more: () => void;
}

const pageCount = 50;
const pageCountMax = 200;
const againMs = 2_000;

export function useTimeline(id: string): LiveTimeline {
  const read = useSignal<ReadTimeline | null>(null);
  const failure = useSignal<unknown>(null);
  const reading = useRef<Reading>(undefined);
  const wantedCount = useRef(pageCount);
  const row = useComputed(() => conversationNow(id));
  useEffect(() => {
    wantedCount.current = pageCount;
    const started = startReading(async (signal) => {
      try {
        const value = await readTimeline(id, wantedCount.current, signal);
        if (signal.aborted) return null;
        read.value = value;
        failure.value = null;
        return value.turns.some(({ finishReason }) => finishReason === null) ? againMs : null;
      } catch (error) {
        if (!signal.aborted) failure.value = error;
        return error instanceof LatheProblem ? null : againMs;
      }
    });
    reading.current = started;
    return started.stop;
  }, [id, read, failure]);
  useChange(row, (isFirst) => {
    // It was read a moment ago, unless it was not there yet.
    if (!isFirst || failure.value !== null) reading.current?.now();
  });
  const again = (): void => reading.current?.now();
  const more = (): void => {
    wantedCount.current += pageCount;
    again();
  };
  return { read, failure, again, more };
}

async function readTimeline(id: string, wantedCount: number, signal: AbortSignal): Promise<ReadTimeline> {
  const [conversation, usage, page] = await Promise.all([
    ask(conversationsGet, { id }, { signal }),
    ask(conversationsUsage, { id }, { signal }),
    readTurns(id, wantedCount, signal),
  ]);
  return { conversation, usage, ...page, atMs: Date.now() };
}

async function readTurns(
  id: string,
  wantedCount: number,
  signal: AbortSignal,
): Promise<Pick<ReadTimeline, "turns" | "hasMore">> {
  const turns: TurnSummary[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(pageCountMax, wantedCount - turns.length);
    const page = await ask(
      conversationsTimeline,
      { id, limit, ...(cursor === undefined ? {} : { cursor }) },
      { signal },
    );
    turns.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && turns.length < wantedCount);
  return { turns, hasMore: cursor !== undefined };
}
