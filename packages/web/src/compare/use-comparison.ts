// Two conversations and what they have in common, as it is at the moment.
import { LatheProblem } from "@lathe/client";
import type { Conversation } from "@lathe/kernel";
import type { ConversationComparison } from "@lathe/wire";
import { conversationsCompare, conversationsGet } from "@lathe/wire/operations";
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { conversationNow } from "../state/conversation-feed.ts";
import { ask } from "../state/daemon.ts";
import { type Reading, startReading } from "../state/reading.ts";
import { useChange } from "../state/use-change.ts";

export interface ReadComparison {
  readonly conversations: readonly [Conversation, Conversation];
  readonly comparison: ConversationComparison;
}

/** Why the two cannot be compared. `absent`: which of them are not there. */
export interface ComparisonFailure {
  readonly failure: unknown;
  readonly absent: readonly ("A" | "B")[];
}

export interface LiveComparison {
  /** Null until it was read. */
  readonly read: ReadonlySignal<ReadComparison | null>;
  /** Of the last reading; null where it did not fail. What was read before stays. */
  readonly failure: ReadonlySignal<ComparisonFailure | null>;
  readonly again: () => void;
}

const againMs = 2_000;

/** The ids stay the same for as long as the component is shown. */
export function useComparison(one: string, other: string): LiveComparison {
  const read = useSignal<ReadComparison | null>(null);
  const failure = useSignal<ComparisonFailure | null>(null);
  const reading = useRef<Reading>(undefined);
  useEffect(() => {
    const started = startReading(async (signal) => {
      const result = await readBoth(one, other, signal);
      if (signal.aborted) return null;
      if ("failure" in result) failure.value = result;
      else {
        read.value = result;
        failure.value = null;
      }
      // A daemon that is away comes back; what it has refused it would refuse again.
      return "failure" in result && !(result.failure instanceof LatheProblem) ? againMs : null;
    });
    reading.current = started;
    return started.stop;
  }, [one, other, read, failure]);
  const again = (): void => reading.current?.now();
  useRowChange(one, again);
  useRowChange(other, again);
  return { read, failure, again };
}

/** Another title, or another state. */
function useRowChange(id: string, tell: () => void): void {
  const row = useComputed(() => conversationNow(id));
  useChange(row, (isFirst) => {
    if (!isFirst) tell();
  });
}

async function readBoth(
  one: string,
  other: string,
  signal: AbortSignal,
): Promise<ReadComparison | ComparisonFailure> {
  const answers = await Promise.allSettled([
    ask(conversationsGet, { id: one }, { signal }),
    ask(conversationsGet, { id: other }, { signal }),
    ask(conversationsCompare, { id: one, otherId: other }, { signal }),
  ]);
  const [head, otherHead, comparison] = answers;
  if (head.status === "fulfilled" && otherHead.status === "fulfilled" && comparison.status === "fulfilled")
    return { conversations: [head.value, otherHead.value], comparison: comparison.value };
  const failure: unknown = answers.find((answer) => answer.status === "rejected")?.reason;
  const absent = (["A", "B"] as const).filter((_, at) => isAbsent(answers[at]));
  return { failure, absent };
}

function isAbsent(answer: PromiseSettledResult<unknown> | undefined): boolean {
  return (
    answer?.status === "rejected" && answer.reason instanceof LatheProblem && answer.reason.status === 404
  );
}
