// What must hold of a conversation that rests, whatever happened to the daemon before: pure, over what the clients
// know, what the log says, and what the tools have left behind.
import { isDeepStrictEqual } from "node:util";
import type { Conversation, Entry, Run, StepComplete, TurnDone } from "@lathe/kernel";
import { foldEvents, startView } from "@lathe/wire";
import type { Effect } from "./crash-tools.ts";
import type { History } from "./history.ts";

export interface Violation {
  readonly kind: ViolationKind;
  readonly message: string;
}

export type ViolationKind =
  | "acknowledged-message-missing"
  | "acknowledged-run-missing"
  | "message-refused"
  | "acknowledged-stop-forgotten"
  | "message-of-nobody"
  | "message-twice"
  | "seen-entry-missing"
  | "seen-entry-differs"
  | "positions-not-dense"
  | "turn-not-ended-once"
  | "conversation-not-idle"
  | "run-not-as-its-turn"
  | "call-run-twice"
  | "effect-of-no-call"
  | "result-without-effect"
  | "watcher-sees-another-log"
  /** These are found while the daemon is asked, not by `checkConversation`. */
  | "daemon-does-not-start"
  | "still-running"
  | "next-message-not-answered"
  | "request-refused"
  | "context-incomplete"
  | "key-names-another-run"
  | "process-left"
  | "stop-not-clean"
  | "stream-refused";

/** One conversation at rest. */
export interface Observed {
  readonly history: History;
  readonly head: Conversation;
  readonly entries: readonly Entry[];
  /** By id; those that the log or an acknowledgement names and that exist. */
  readonly runs: ReadonlyMap<string, Run>;
  /** When the daemon was killed last, in milliseconds since 1970: what is of later was written by another one. */
  readonly killedAtMs: number;
  /** Of all conversations. */
  readonly effects: readonly Effect[];
}

export function checkConversation(observed: Observed): readonly Violation[] {
  return [
    ...checkLog(observed),
    ...checkAcknowledged(observed),
    ...checkStops(observed),
    ...checkRequested(observed),
    ...checkSeen(observed),
    ...checkTurns(observed),
    ...checkCalls(observed),
  ];
}

/** I3, G8: dense, and as long as the head says; I5: nothing is in progress. */
function* checkLog({ head, entries }: Observed): Generator<Violation> {
  const gap = entries.findIndex(({ seq }, index) => seq !== index + 1);
  if (gap !== -1 || head.lastSeq !== entries.length)
    yield {
      kind: "positions-not-dense",
      message: `${head.id} has ${entries.length} entries, says ${head.lastSeq}; the first at a wrong position is ${gap}.`,
    };
  if (head.state !== "idle") yield { kind: "conversation-not-idle", message: `${head.id} is ${head.state}.` };
}

/** I1: what was acknowledged is there; I6: what is sent to a conversation that rests is acknowledged. */
function* checkAcknowledged({ history, entries, runs }: Observed): Generator<Violation> {
  for (const { text, admission, refusedFor, stoppedAtMs } of history.sent) {
    if (refusedFor !== null) yield { kind: "message-refused", message: `"${text}": ${refusedFor}` };
    if (admission === null) continue;
    const { seq, turnId, runId } = admission;
    const place = entries.find((entry) => entry.type === "user-message" && entry.turnId === turnId);
    const isThere = place?.type === "user-message" && place.content[0]?.text === text;
    if (!isThere || (seq !== null && place.seq !== seq))
      yield {
        kind: "acknowledged-message-missing",
        message: `"${text}" of turn ${turnId} is not at position ${seq ?? "any"}.`,
      };
    if (!runs.has(runId))
      yield { kind: "acknowledged-run-missing", message: `${runId} of "${text}" is not there.` };
    const sealed = entries.find((entry) => entry.type === "turn-sealed" && entry.turnId === turnId);
    // A turn that was not over by then has gone on after the crash.
    if (stoppedAtMs !== null && (sealed === undefined || sealed.atMs > stoppedAtMs))
      yield {
        kind: "acknowledged-stop-forgotten",
        message: `Turn ${turnId} was over at ${stoppedAtMs}, and its seal is of ${sealed?.atMs}.`,
      };
  }
}

/** I1: what was said to be stopping is ended as such by whatever daemon comes after the one that said it. */
function* checkStops({ history, entries, killedAtMs }: Observed): Generator<Violation> {
  for (const { admission, isStopAcknowledged } of history.sent) {
    if (!isStopAcknowledged) continue;
    const done = entries.find((entry) => entry.type === "done" && entry.turnId === admission?.turnId);
    if (done?.type === "done" && done.atMs >= killedAtMs && done.finishReason !== "aborted")
      yield {
        kind: "acknowledged-stop-forgotten",
        message: `Turn ${done.turnId} was being stopped, and a later daemon ended it with ${done.finishReason}.`,
      };
  }
}

/** I2: nothing is there that nobody asked for, and nothing twice. */
function* checkRequested({ history, entries }: Observed): Generator<Violation> {
  const allowed = new Set(history.sent.filter(({ state }) => state !== "refused").map(({ text }) => text));
  const found = new Set<string>();
  for (const entry of entries) {
    if (entry.type !== "user-message") continue;
    const text = entry.content[0]?.text ?? "";
    if (!allowed.has(text))
      yield { kind: "message-of-nobody", message: `"${text}" at ${entry.seq} was not sent, or was refused.` };
    if (found.has(text)) yield { kind: "message-twice", message: `"${text}" is there twice.` };
    found.add(text);
  }
}

/** I4: what a client was shown with a position is there, the same; and what it has folded is what the log folds to. */
function* checkSeen({ history, entries }: Observed): Generator<Violation> {
  const view = entries.reduce(foldEvents, startView());
  for (const watcher of history.watchers) {
    const where = `${watcher.transport}, ${history.conversationId}`;
    for (const [seq, seen] of watcher.entries) {
      const kept = entries[seq - 1];
      if (kept === undefined)
        yield { kind: "seen-entry-missing", message: `${where}: ${seen.type} at ${seq} is not there.` };
      else if (!isDeepStrictEqual(kept, seen))
        yield {
          kind: "seen-entry-differs",
          message: `${where}: at ${seq} was ${JSON.stringify(seen)}, and is ${JSON.stringify(kept)}.`,
        };
    }
    for (const seq of watcher.contradictions)
      yield { kind: "seen-entry-differs", message: `${where}: at ${seq} two things were shown.` };
    if (!isDeepStrictEqual(watcher.view, view))
      yield {
        kind: "watcher-sees-another-log",
        message: `${where}: it shows ${JSON.stringify(differing(watcher.view, view))}.`,
      };
  }
}

/** The turns that differ, to be read by a person. */
function differing(seen: ReturnType<typeof startView>, kept: ReturnType<typeof startView>): unknown {
  const { turns, ...rest } = seen;
  const others = turns.filter((turn, index) => !isDeepStrictEqual(turn, kept.turns[index]));
  const meant = kept.turns.filter((turn, index) => !isDeepStrictEqual(turn, turns[index]));
  return { ...rest, turnCount: turns.length, others, meant };
}

/** G4: every turn has one end and its run is as it; after its end there is nothing but its seal. */
function* checkTurns({ entries, runs }: Observed): Generator<Violation> {
  const turns = Map.groupBy(entries, ({ turnId }) => turnId);
  for (const [turnId, own] of turns) {
    const types = own.map(({ type }) => type);
    const isWhole = types.indexOf("done") === own.length - 2 && types.at(-1) === "turn-sealed";
    if (!isWhole || types[0] !== "user-message" || types[1] !== "turn-start")
      yield { kind: "turn-not-ended-once", message: `${turnId}: ${types.join(" ")}` };
    const begun = own.find((entry) => entry.type === "turn-start");
    const done = own.find((entry) => entry.type === "done");
    const run = begun?.type === "turn-start" ? runs.get(begun.runId) : undefined;
    if (done?.type === "done" && (run === undefined || !isEndedAs(run, done)))
      yield {
        kind: "run-not-as-its-turn",
        message: `${turnId} ended with ${done.finishReason}, its run is ${run?.status ?? "not there"}.`,
      };
  }
}

function isEndedAs({ status, endedAtMs }: Run, { finishReason }: TurnDone): boolean {
  if (endedAtMs === null) return false;
  if (finishReason === "interrupted" || status === "interrupted")
    return finishReason === "interrupted" && status === "interrupted";
  return (finishReason === "aborted") === (status === "stopped");
}

/** I7: what may not run twice has not, and nothing was done that the log does not know of. */
function* checkCalls({ history, entries, effects }: Observed): Generator<Violation> {
  const calls = new Map(entries.flatMap(callsOf).map((call) => [call.mark, call]));
  const runCounts = new Map<string, number>();
  for (const { tool, mark } of effects)
    if (unrepeatable.includes(tool)) runCounts.set(mark, (runCounts.get(mark) ?? 0) + 1);
  for (const { mark, name, result } of calls.values()) {
    if (!unrepeatable.includes(name)) continue;
    const runCount = runCounts.get(mark) ?? 0;
    if (runCount > 1)
      yield { kind: "call-run-twice", message: `${mark} (${name}) ran ${runCount} times: ${result}` };
    if (runCount === 0 && result.startsWith("done:"))
      yield { kind: "result-without-effect", message: `${history.conversationId}: ${mark} never ran.` };
  }
}

const unrepeatable: readonly string[] = ["append", "wait"];

interface FoundCall {
  readonly mark: string;
  readonly name: string;
  /** As the model read it. */
  readonly result: string;
}

function callsOf(entry: Entry): readonly FoundCall[] {
  if (entry.type !== "step-complete") return [];
  return (entry.message?.content ?? []).flatMap((part) => {
    if (part.type !== "tool-call") return [];
    const { mark } = JSON.parse(part.argumentsText) as { readonly mark?: string };
    const result = resultOf(entry, part.callId);
    return mark === undefined ? [] : [{ mark, name: part.name, result }];
  });
}

function resultOf({ toolResults }: StepComplete, callId: string): string {
  return toolResults.find((result) => result.callId === callId)?.content ?? "";
}

/** I7, over all conversations: whatever has run stands in a log. */
export function checkEffects(
  effects: readonly Effect[],
  logs: readonly (readonly Entry[])[],
): readonly Violation[] {
  const steps = logs.flat().filter((entry) => entry.type === "step-complete");
  const known = new Set(steps.flatMap(callsOf).map(({ mark }) => mark));
  // An abort takes the calls away from the message of their step, which then says with its metrics what has run.
  const ran = new Set(
    steps.flatMap(({ stepId, toolCalls }) => toolCalls.map((call) => `${stepId} ${call.callId}`)),
  );
  return effects
    .filter(({ tool, mark, stepId, callId }) => {
      return unrepeatable.includes(tool) && !known.has(mark) && !ran.has(`${stepId} ${callId}`);
    })
    .map((effect) => ({ kind: "effect-of-no-call", message: `${JSON.stringify(effect)} stands in no log.` }));
}
