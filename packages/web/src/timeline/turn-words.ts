// How the turns of a timeline are told: how they ended, where they stand, how long beside the others.
import type { TurnFinishReason } from "@lathe/kernel";
import type { TurnSummary } from "@lathe/wire";
import type { Tone } from "../kit/badge.tsx";

export interface FinishWord {
  readonly word: string;
  readonly tone: Tone;
}

const finishWords: Readonly<Record<TurnFinishReason, FinishWord>> = {
  stop: { word: "answered", tone: "success" },
  length: { word: "cut at its length limit", tone: "warning" },
  "content-filter": { word: "held back by the provider", tone: "warning" },
  "max-steps": { word: "ended at its step limit", tone: "warning" },
  error: { word: "failed", tone: "danger" },
  aborted: { word: "stopped", tone: "warning" },
  stuck: { word: "ended: it repeated itself", tone: "warning" },
  "over-budget": { word: "ended: over budget", tone: "warning" },
  interrupted: { word: "interrupted", tone: "warning" },
};

export function finishWord({ finishReason }: Pick<TurnSummary, "finishReason">): FinishWord {
  return finishReason === null ? { word: "running", tone: "info" } : finishWords[finishReason];
}

export type Standing =
  /** The conversation goes on from here. */
  | "last"
  /** It is before the last one. */
  | "before"
  /** A restore left it behind. */
  | "undone"
  | "running";

/** Where each stands, in the order given: the newest first, none left out at the begin. */
export function standingsOf(turns: readonly TurnSummary[]): readonly Standing[] {
  let isLastFound = false;
  return turns.map(({ undone, lastSeq }) => {
    if (undone) return "undone";
    if (lastSeq === null) return "running";
    if (isLastFound) return "before";
    isLastFound = true;
    return "last";
  });
}

/** What a restore to the turn does, sentence by sentence. `turns` as above; the turn is one of them. */
export function restoreSentences(turns: readonly TurnSummary[], turnId: string): readonly string[] {
  const at = turns.findIndex((turn) => turn.turnId === turnId);
  const isBack = turns[at]?.undone === true;
  const later = turns.slice(0, Math.max(0, at)).filter(({ undone }) => !undone).length;
  const first = isBack
    ? "The conversation goes on from the end of this turn, with what it had seen by then. What took its place is left behind."
    : `The conversation goes on from the end of this turn. ${laterWords(later)}`;
  return [
    first,
    "What is left behind stays in the log, and models do not see it any more. It can be restored in the same way.",
    "What tools did to files and elsewhere is not taken back.",
  ];
}

/** A turn that the conversation shares with the one it was forked from. */
export function isShared({ firstSeq }: Pick<TurnSummary, "firstSeq">, forkSeq: number | null): boolean {
  return forkSeq !== null && firstSeq <= forkSeq;
}

/** Milliseconds; of one that runs, until `nowMs`. */
export function tookMs({ durationMs, startedAtMs, finishReason }: TurnSummary, nowMs: number): number | null {
  if (durationMs !== null) return durationMs;
  return finishReason === null ? Math.max(0, nowMs - startedAtMs) : null;
}

/** The longest of those that are shown: all bars are drawn beside it. At least 1. */
export function longestMs(turns: readonly TurnSummary[], nowMs: number): number {
  let longest = 1;
  for (const turn of turns) longest = Math.max(longest, tookMs(turn, nowMs) ?? 0);
  return longest;
}

function laterWords(later: number): string {
  if (later === 1) return "The one turn after it is left behind.";
  return `The ${later} turns after it are left behind.`;
}
