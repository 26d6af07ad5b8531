// What must hold of a run that is over, however often the daemon was killed under it: pure, over what was observed.
import { isDeepStrictEqual } from "node:util";
import type { AgentFinish, Usage, WorkflowEntry } from "@lathe/kernel";
import { marksOf, nestedMarksOf, resultOf, saidBy, saidByNested, usesTool } from "./fan-out.ts";
import type { ObservedRun } from "./observed-run.ts";

export interface Violation {
  readonly kind: ViolationKind;
  readonly message: string;
}

export type ViolationKind =
  | "not-succeeded"
  | "result-differs"
  | "positions-not-dense"
  | "seen-entry-missing"
  | "seen-entry-differs"
  | "finished-agent-asked-again"
  | "agent-asked-too-often"
  | "agent-not-finished-once"
  | "agent-of-nobody"
  | "effect-twice"
  | "effect-missing"
  | "said-otherwise"
  | "cache-not-explained"
  | "child-not-over"
  | "spent-otherwise"
  | "still-active"
  /** These are found while the daemon is asked, not by `checkRun`. */
  | "daemon-does-not-start"
  | "daemon-ended-by-itself"
  | "run-not-over"
  | "request-refused"
  | "stream-refused"
  | "guest-left";

export function checkRun(observed: ObservedRun): readonly Violation[] {
  return [
    ...checkResult(observed),
    ...checkLog(observed),
    ...checkAgents(observed),
    ...checkQuestions(observed),
    ...checkEffects(observed),
    ...checkSaid(observed),
    ...checkCache(observed),
    ...checkChildren(observed),
    ...checkSpent(observed),
  ];
}

/** I7: it comes to what a run comes to that nobody kills, where the races end in the same order. */
function* checkResult({ run, args, entries }: ObservedRun): Generator<Violation> {
  const finish = entries.at(-1);
  if (run.status !== "succeeded" || finish?.type !== "workflow-finish" || finish.status !== "succeeded")
    yield {
      kind: "not-succeeded",
      message: `It is ${run.status}: ${JSON.stringify(run.error)}; the last entry is ${finish?.type}.`,
    };
  const expected = resultOf(args, orderOf(entries));
  if (!isDeepStrictEqual(run.result, expected))
    yield {
      kind: "result-differs",
      message: `It is ${JSON.stringify(run.result)}, and should be ${JSON.stringify(expected)}.`,
    };
  if (finish?.type === "workflow-finish" && !isDeepStrictEqual(finish.result, run.result))
    yield { kind: "result-differs", message: "The run and its last entry have different results." };
}

/** I3, I4: dense, and everything that somebody was shown is there, the same. */
function* checkLog({ run, entries, nestedEntries, watchers }: ObservedRun): Generator<Violation> {
  for (const log of [entries, nestedEntries]) {
    const gap = log.findIndex(({ seq }, index) => seq !== index + 1);
    if (gap !== -1) yield { kind: "positions-not-dense", message: `The first wrong position is ${gap + 1}.` };
  }
  if (run.lastSeq !== entries.length)
    yield {
      kind: "positions-not-dense",
      message: `The run says that its last entry is ${run.lastSeq}, and there are ${entries.length}.`,
    };
  for (const { entries: seen, contradictions, transport } of watchers) {
    for (const [seq, entry] of seen) {
      const kept = entries[seq - 1];
      if (kept === undefined)
        yield { kind: "seen-entry-missing", message: `${transport}: ${entry.type} at ${seq} is not there.` };
      else if (!isDeepStrictEqual(kept, entry))
        yield {
          kind: "seen-entry-differs",
          message: `${transport}: ${entry.type} at ${seq} is ${kept.type}.`,
        };
    }
    for (const seq of contradictions)
      yield { kind: "seen-entry-differs", message: `${transport}: at ${seq} two things were shown.` };
  }
}

/** I7: each agent has ended once, with an answer, and there are no others. */
function* checkAgents(observed: ObservedRun): Generator<Violation> {
  const { args, entries, nestedEntries } = observed;
  const expected = new Set([...marksOf(args, orderOf(entries)), ...nestedMarksOf(args)]);
  const ends = Map.groupBy(agentEnds([...entries, ...nestedEntries]), ({ label }) => label);
  for (const mark of expected) {
    const outcomes = (ends.get(mark) ?? []).map(({ outcome }) => outcome);
    if (!isDeepStrictEqual(outcomes, ["ok"]))
      yield { kind: "agent-not-finished-once", message: `${mark}: ${outcomes.join(", ") || "never"}` };
  }
  for (const mark of ends.keys())
    if (!expected.has(mark)) yield { kind: "agent-of-nobody", message: `${mark} was asked.` };
}

/** I7: the model is asked for no agent that has ended, and for one that goes on no more than it takes. */
function* checkQuestions({ entries, nestedEntries, kills, questions }: ObservedRun): Generator<Violation> {
  const ends = new Map(agentEnds([...entries, ...nestedEntries]).map((end) => [end.label, end]));
  for (const { mark, atMs, life } of questions) {
    const end = ends.get(mark);
    const wasSeen = kills.slice(0, life).some(({ finished }) => finished.includes(mark));
    // An entry's time is taken when it is about to be stored.
    if (wasSeen || (end !== undefined && atMs > end.atMs))
      yield { kind: "finished-agent-asked-again", message: `${mark}, after ${life} kills` };
  }
  for (const [mark, own] of Map.groupBy(questions, ({ mark }) => mark)) {
    const stepCount = usesTool(mark) ? 2 : 1;
    const [first = 0, last = 0] = [own[0]?.life, own.at(-1)?.life];
    if (own.length > stepCount + last - first)
      yield {
        kind: "agent-asked-too-often",
        message: `${mark}: ${own.length} times in ${last - first + 1} lives`,
      };
  }
}

/** I7: what a tool does that may not be repeated is done once, or never where a kill fell into it. */
function* checkEffects({ args, kills, effects }: ObservedRun): Generator<Violation> {
  const counts = new Map<string, number>();
  for (const { mark } of effects) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  for (const mark of marksOf(args, []).filter(usesTool)) {
    const effectCount = counts.get(mark) ?? 0;
    if (effectCount > 1) yield { kind: "effect-twice", message: `${mark}: ${effectCount} times` };
    if (effectCount === 0 && kills.length === 0) yield { kind: "effect-missing", message: mark };
  }
}

function* checkSaid({ args, entries, nestedEntries }: ObservedRun): Generator<Violation> {
  for (const [log, expected] of [
    [entries, saidBy(args)],
    [nestedEntries, saidByNested],
  ] as const) {
    const said = log.flatMap(saidIn);
    if (!isDeepStrictEqual(said, expected))
      yield { kind: "said-otherwise", message: `${said.join("; ")}, instead of ${expected.join("; ")}` };
  }
}

/**
 * Each time that the run went on, the log says of every agent that the script came to why it was, or was not, answered from
 * what is stored; what had ended by then was.
 */
function* checkCache({ args, entries, cache }: ObservedRun): Generator<Violation> {
  const marks = marksOf(args, orderOf(entries));
  const ended = new Set<string>();
  for (const [index, part] of partsOf(entries).entries()) {
    const endedBefore = new Set(ended);
    const said = Map.groupBy(part.flatMap(cacheWords), ({ label }) => label);
    for (const [label, words] of said) {
      const reason = words.map((word) => word.reason).join(", ");
      const isHit = reason === "this-run";
      if (words.length !== 1 || isHit !== endedBefore.has(label))
        yield { kind: "cache-not-explained", message: `${label}, part ${index}: ${reason}` };
    }
    for (const { label } of agentEnds(part)) {
      ended.add(label);
      if (!said.has(label))
        yield { kind: "cache-not-explained", message: `${label}, part ${index}: nothing` };
    }
    const isLast = index === partsOf(entries).length - 1;
    const missing = isLast ? marks.filter((mark) => !said.has(mark)) : [];
    if (missing.length > 0)
      yield { kind: "cache-not-explained", message: `nothing of ${missing.join(", ")}` };
  }
  const labels = cache.items.map(({ label }) => label).sort();
  if (!isDeepStrictEqual(labels, [...marks].sort()))
    yield {
      kind: "cache-not-explained",
      message: `the report names ${labels.length} of ${marks.length} calls`,
    };
}

/** G4, I5: whatever it started is over, and has succeeded unless a kill has ended one turn of an agent that went on. */
function* checkChildren({ children, activeIds, kills }: ObservedRun): Generator<Violation> {
  for (const { id, kind, status, endedAtMs } of children) {
    const mayBe = kills.length > 0 && kind === "turn" && status === "interrupted";
    if (endedAtMs === null || (status !== "succeeded" && !mayBe))
      yield { kind: "child-not-over", message: `${kind} ${id} is ${status}.` };
  }
  if (activeIds.length > 0) yield { kind: "still-active", message: activeIds.join(", ") };
}

/** C4: what all its turns have used is counted, each once. */
function* checkSpent({ run, entries, children }: ObservedRun): Generator<Violation> {
  const turns = children.filter(({ kind }) => kind === "turn");
  const used = turns.reduce((sum, { usage }) => sum + tokensIn(usage), 0);
  const said = entries.findLast((entry) => entry.type === "budget")?.spentTokens;
  if (said !== used || tokensIn(run.usage) !== used)
    yield {
      kind: "spent-otherwise",
      message: `Its turns have used ${used} tokens; the budget says ${said}, and the run ${tokensIn(run.usage)}.`,
    };
}

function tokensIn(usage: Usage | null): number {
  return (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
}

/** In which order the racers have ended. */
export function orderOf(entries: readonly WorkflowEntry[]): readonly number[] {
  return agentEnds(entries).flatMap(({ label }) => (label.startsWith("race-") ? Number(label.slice(5)) : []));
}

/** What each execution of the script has written, in order. */
function partsOf(entries: readonly WorkflowEntry[]): readonly (readonly WorkflowEntry[])[] {
  const parts: WorkflowEntry[][] = [[]];
  for (const entry of entries) {
    if (entry.type === "workflow-continued") parts.push([]);
    parts.at(-1)?.push(entry);
  }
  return parts;
}

/** Of agents, not of nested workflows. */
function agentEnds(entries: readonly WorkflowEntry[]): readonly WorkflowEntry<AgentFinish>[] {
  return entries
    .filter((entry) => entry.type === "agent-finish")
    .filter((entry) => entry.conversationId !== null);
}

function cacheWords(entry: WorkflowEntry): readonly { readonly label: string; readonly reason: string }[] {
  return entry.type === "cache-hit" || entry.type === "cache-miss" ? [entry] : [];
}

function saidIn(entry: WorkflowEntry): readonly string[] {
  if (entry.type === "phase") return [`phase ${entry.title}`];
  return entry.type === "log" && entry.source === "script" ? [`log ${entry.text}`] : [];
}
