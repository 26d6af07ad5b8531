// The questions of one run that wait for somebody.
import type { ClockPower, FailpointsPower, IdsPower, JsonValue, TimersPower } from "@lathe/kernel";
import type { GuestCall } from "@lathe/workflow-sandbox";
import type { CallEnd } from "../calls/call-end.ts";
import type { JournalCall } from "../run/journal.ts";
import type { RunRecord } from "../run/run-record.ts";
import { askedEvent, endApproval, newApproval, waitUntil } from "./approval-call.ts";

export interface ApprovalsDesk {
  readonly runId: string;
  readonly record: RunRecord;
  readonly clock: ClockPower;
  readonly timers: Pick<TimersPower, "sleep">;
  readonly ids: IdsPower;
  /** How long a question waits that does not say so. */
  readonly timeoutMs: number;
  readonly failpoint: FailpointsPower;
}

/** `not-recorded`: the run is let go of, and its next execution asks again. */
export type AnswerOutcome = "answered" | "unknown" | "already-answered" | "not-recorded";

interface Open {
  readonly given: PromiseWithResolvers<{ readonly answer: JsonValue; readonly by: string }>;
  /** What came of the answer that was given. */
  readonly concluded: PromiseWithResolvers<AnswerOutcome>;
  isAnswered: boolean;
}

export class Approvals {
  readonly #desk: ApprovalsDesk;
  readonly #open = new Map<string, Open>();
  #waitingCount = 0;

  /** Knows those at once that the record holds, although the script has not come to them again. */
  constructor(desk: ApprovalsDesk) {
    this.#desk = desk;
    for (const { approval, state } of desk.record.calls())
      if (approval !== null && state === "started") this.#opened(approval.approvalId);
  }

  /** Answers a question; settles when the answer is durable, or cannot be any more. */
  async answer(approvalId: string, answer: JsonValue, by: string): Promise<AnswerOutcome> {
    const open = this.#open.get(approvalId);
    if (open === undefined) return this.#outcomeOfClosed(approvalId);
    if (open.isAnswered) return "already-answered";
    open.isAnswered = true;
    open.given.resolve({ answer, by });
    return open.concluded.promise;
  }

  /** Nobody asks any more: told to whoever has answered what the script did not come to again. */
  close(): void {
    for (const { concluded } of this.#open.values()) concluded.resolve(this.#tooLate);
  }

  /** Asks, or goes on asking, and waits. Throws CallFailure, and what the store throws. */
  async ask(
    call: Extract<GuestCall, { kind: "approve" }>,
    known: JournalCall,
    signal: AbortSignal,
    conclude: (end: CallEnd) => Promise<void>,
  ): Promise<void> {
    const { runId, record, clock, ids, timeoutMs, failpoint } = this.#desk;
    const desk = { ids, nowMs: clock.nowMs(), timeoutMs };
    const approval = known.approval ?? newApproval(call.question, call.options, desk);
    const { approvalId, expiresAtMs } = approval;
    const open = this.#opened(approvalId);
    if (known.approval === null)
      await record.note({ ...known, approval }, [askedEvent(approval, runId, call.index)]);
    failpoint("workflow-approval-is-asked");
    const given = await this.#wait(open, expiresAtMs, signal);
    this.#open.delete(approvalId);
    if (signal.aborted) return open.concluded.resolve(this.#tooLate);
    const { answer, event } = endApproval(approval, given);
    const reusable = answer.kind === "value";
    const ended = { ...known, approval, state: "finished" as const, answer, reusable };
    const about = { type: "approval-answered" as const, runId, callIndex: call.index };
    const events = [{ ...about, ...event }];
    let outcome: AnswerOutcome = "not-recorded";
    try {
      await conclude({ kind: "answered", answer, call: ended, events, puts: [] });
      if (!record.isLeft) outcome = given === null ? "already-answered" : "answered";
    } finally {
      open.concluded.resolve(outcome);
    }
  }

  async #wait(
    open: Open,
    expiresAtMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly answer: JsonValue; readonly by: string } | null> {
    const { clock, timers, record } = this.#desk;
    this.#waitingCount += 1;
    void record.noteStatus("waiting");
    const over = new AbortController();
    const onAbort = (): void => over.abort();
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) over.abort();
    const timeOver = waitUntil(expiresAtMs, { nowMs: () => clock.nowMs(), timers }, over.signal);
    const given = await Promise.race([open.given.promise, timeOver]);
    over.abort();
    signal.removeEventListener("abort", onAbort);
    this.#waitingCount -= 1;
    if (this.#waitingCount === 0 && !signal.aborted) void record.noteStatus("running");
    return given;
  }

  #opened(approvalId: string): Open {
    const known = this.#open.get(approvalId);
    if (known !== undefined) return known;
    const open: Open = {
      given: Promise.withResolvers(),
      concluded: Promise.withResolvers(),
      isAnswered: false,
    };
    this.#open.set(approvalId, open);
    return open;
  }

  get #tooLate(): AnswerOutcome {
    return this.#desk.record.isLeft ? "not-recorded" : "already-answered";
  }

  #outcomeOfClosed(approvalId: string): AnswerOutcome {
    const call = this.#desk.record.calls().find(({ approval }) => approval?.approvalId === approvalId);
    if (call === undefined) return "unknown";
    return call.state === "finished" ? "already-answered" : this.#tooLate;
  }
}
