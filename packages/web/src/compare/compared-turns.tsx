// What the two did from where they part: the sums, and their turns beside each other.
import type { ComparedPart, ConversationComparison, TurnView } from "@lathe/wire";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../kit/button.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import type { ComparedLog } from "./compared-log.ts";
import { ComparedTurn } from "./compared-turn.tsx";
import { ComparisonTable } from "./comparison-table.tsx";
import { undoneSentence } from "./comparison-words.ts";
import { isAlike } from "./likeness.ts";
import { pairUp, settledPairs } from "./pair-up.ts";
import { SharedTurns } from "./shared-turns.tsx";
import { isContinued } from "./turn-facts.ts";
import { withoutUndone } from "./undone-turns.ts";
import { useLogs } from "./use-logs.ts";

export interface ComparedTurnsProps {
  readonly ids: readonly [string, string];
  readonly comparison: ConversationComparison;
  /** Asks for the sums again. */
  readonly again: () => void;
}

export function ComparedTurns({ ids, comparison, again }: ComparedTurnsProps): JSX.Element {
  const { sharedSeq, shared, one, other } = comparison;
  const logs = useLogs(ids, sharedSeq, again);
  const [turns, others] = [shownTurns(logs[0], one.undone), shownTurns(logs[1], other.undone)];
  const pairs = settledPairs(pairUp(turns, others, isAlike), isWhole(logs[0]), isWhole(logs[1]));
  const undone = undoneSentence(comparison);
  // A turn that is cut in two is counted with what both have in common.
  const beforeOf = (shown: readonly TurnView[]): number => shared.turnCount - (isCutIn(shown) ? 1 : 0);
  let [number, otherNumber] = [beforeOf(turns), beforeOf(others)];
  return (
    <>
      <ComparisonTable comparison={comparison} />
      {sharedSeq === 0 ? (
        <p>These two have nothing in common: neither was forked from the other, nor both from a third one.</p>
      ) : (
        <SharedTurns
          conversationId={ids[0]}
          comparison={comparison}
          isCut={isCutIn(turns) || isCutIn(others)}
        />
      )}
      {undone === null ? null : <p class="muted">{undone}</p>}
      <ol class="plain-list compare-turns" aria-label="Turns, A and B">
        {pairs.map((pair) => (
          <ComparedTurn
            key={pair.one?.turnId ?? pair.other?.turnId}
            one={pair.one}
            other={pair.other}
            oneId={ids[0]}
            otherId={ids[1]}
            oneNumber={pair.one === null ? 0 : ++number}
            otherNumber={pair.other === null ? 0 : ++otherNumber}
          />
        ))}
      </ol>
      <Rest logs={logs} isEmpty={pairs.length === 0} isForked={sharedSeq > 0} />
    </>
  );
}

function isCutIn([first]: readonly TurnView[]): boolean {
  return first !== undefined && isContinued(first);
}

function isWhole({ reach }: ComparedLog): boolean {
  return reach.value.kind === "end";
}

/** What is left behind further on is left out before it has been read so far. */
function shownTurns(log: ComparedLog, undone: ComparedPart["undone"]): readonly TurnView[] {
  return isWhole(log) ? log.turns.value : withoutUndone(log.turns.value, undone);
}

interface RestProps {
  readonly logs: readonly [ComparedLog, ComparedLog];
  readonly isEmpty: boolean;
  readonly isForked: boolean;
}

/** What there is behind the turns that are shown: more of them, or nothing. */
function Rest({ logs, isEmpty, isForked }: RestProps): JSX.Element | null {
  const kinds = logs.map(({ reach }) => reach.value.kind);
  const failed = logs.flatMap(({ reach: { value } }, at) =>
    value.kind === "failed" ? [{ letter: at === 0 ? "A" : "B", failure: value.failure }] : [],
  );
  return (
    <>
      {failed.map(({ letter, failure }) => (
        <ProblemCard
          key={letter}
          title={`Conversation ${letter} cannot be followed`}
          actions={<Button onClick={() => void logs[letter === "A" ? 0 : 1].start()}>Try again</Button>}
        >
          {failureText(failure)}
        </ProblemCard>
      ))}
      {kinds.includes("reading") ? <p class="empty">Reading</p> : null}
      {kinds.includes("more") ? <More logs={logs} /> : null}
      {isEmpty && kinds.every((kind) => kind === "end") ? (
        <p class="empty">{isForked ? "Neither has gone on from there." : "Neither has a turn."}</p>
      ) : null}
    </>
  );
}

/** The next turns come when the end is in sight, or the button is pressed. */
function More({ logs }: Pick<RestProps, "logs">): JSX.Element {
  const edge = useRef<HTMLDivElement>(null);
  const lastSeq = logs[0].lastSeq.value + logs[1].lastSeq.value;
  useEffect(() => {
    if (edge.current === null) return undefined;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) readOn(logs);
    });
    observer.observe(edge.current);
    return () => observer.disconnect();
  }, [logs, lastSeq]);
  return (
    <div ref={edge} class="compare-more">
      <Button onClick={() => readOn(logs)}>Show later turns</Button>
    </div>
  );
}

/** First what is behind: beside turns that are not read nothing can be put. */
function readOn([log, other]: RestProps["logs"]): void {
  const lead = log.turns.peek().length - other.turns.peek().length;
  if (lead <= 0 || other.reach.peek().kind !== "more") log.more();
  if (lead >= 0 || log.reach.peek().kind !== "more") other.more();
}
