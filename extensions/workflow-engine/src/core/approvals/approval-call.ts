// A question of a script to a person, which waits for its answer across restarts.
import type {
  ApprovalAnswered,
  ApprovalAsked,
  IdsPower,
  JsonObject,
  JsonValue,
  TimersPower,
} from "@lathe/kernel";
import type { GuestAnswer } from "@lathe/workflow-sandbox";
import { CallFailure } from "../calls/call-failure.ts";
import type { StoredApproval } from "../run/journal.ts";

export interface ApprovalEnd {
  readonly answer: GuestAnswer;
  readonly event: Omit<ApprovalAnswered, "runId" | "callIndex" | "type">;
}

/** What is kept of a question that is asked now. Throws CallFailure where its options make no sense. */
export function newApproval(
  question: string,
  options: JsonObject,
  { ids, nowMs, timeoutMs }: { readonly ids: IdsPower; readonly nowMs: number; readonly timeoutMs: number },
): StoredApproval {
  const timeout = options.timeout ?? timeoutMs;
  if (typeof timeout !== "number" || !(timeout > 0))
    throw new CallFailure(
      "invalid-option",
      "TypeError",
      "approve(): the option timeout must be a number of milliseconds above 0.",
    );
  const hasDefault = Object.hasOwn(options, "default");
  return {
    approvalId: ids.newId("apr"),
    question,
    hasDefault,
    default: options.default ?? null,
    expiresAtMs: nowMs + Math.min(timeout, timeoutMax),
  };
}

/** A year: longer than any clock that fires once is good for is split by who waits. */
const timeoutMax = 365 * 24 * 3_600_000;
/** What timers take at a time, at most. */
const timerMax = 2 ** 31 - 1;

export function askedEvent(
  { approvalId, question, hasDefault, default: value, expiresAtMs }: StoredApproval,
  runId: string,
  callIndex: number,
): ApprovalAsked {
  const asked = { type: "approval-asked" as const, runId, callIndex, approvalId, question, expiresAtMs };
  return hasDefault ? { ...asked, default: value } : asked;
}

/** Settles with null when the time is over, or the signal aborts. */
export async function waitUntil(
  atMs: number,
  { nowMs, timers }: { readonly nowMs: () => number; readonly timers: Pick<TimersPower, "sleep"> },
  signal: AbortSignal,
): Promise<null> {
  for (let left = atMs - nowMs(); left > 0 && !signal.aborted; left = atMs - nowMs())
    await timers.sleep(Math.min(left, timerMax), signal);
  return null;
}

/** What comes of an answer, or of nobody's. */
export function endApproval(
  { approvalId, hasDefault, default: value, question }: StoredApproval,
  given: { readonly answer: JsonValue; readonly by: string } | null,
): ApprovalEnd {
  if (given !== null) {
    const { answer, by } = given;
    return { answer: { kind: "value", value: answer }, event: { approvalId, answer, by } };
  }
  if (hasDefault) return { answer: { kind: "value", value }, event: { approvalId, answer: value, by: null } };
  const message = `Nobody has answered in time, and there is no default: ${question}`;
  return { answer: { kind: "error", name: "ApprovalError", message }, event: { approvalId, by: null } };
}
