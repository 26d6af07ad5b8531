// Asks the person at the terminal what a run waits for, one question after the other.
import type { JsonValue } from "@lathe/kernel";
import type { WorkflowApproval } from "@lathe/wire";
import { failureSentence } from "./failure-sentence.ts";
import { yesOrNo } from "./question.ts";
import { shortText } from "./short-text.ts";
import { jsonOrText } from "./workflow-args.ts";
import { approvalLines } from "./workflow-lines.ts";

/** What timers take at most. */
const timerMax = 2 ** 31 - 1;

export interface AskerDesk {
  /** As `ask` of question.ts. */
  readonly ask: (question: string, takenBack: AbortSignal) => Promise<string | undefined>;
  /** Gives the answer to the run. */
  readonly answer: (approvalId: string, answer: JsonValue) => Promise<void>;
  /** Takes one line for the person. */
  readonly tell: (line: string) => void;
}

export class ApprovalAsker {
  readonly #desk: AskerDesk;
  readonly #runId: string;
  /** Those that were asked here, whatever came of it. */
  readonly #asked = new Set<string>();
  #open: readonly WorkflowApproval[] = [];
  #current: { readonly approvalId: string; readonly takenBack: AbortController } | undefined;

  constructor(runId: string, desk: AskerDesk) {
    this.#runId = runId;
    this.#desk = desk;
  }

  /** What the run waits for now. A question that somebody else has answered is taken back. */
  update(open: readonly WorkflowApproval[]): void {
    this.#open = open;
    const current = this.#current;
    if (current !== undefined && !open.some(({ approvalId }) => approvalId === current.approvalId))
      current.takenBack.abort();
    if (current === undefined) void this.#askNext();
  }

  async #askNext(): Promise<void> {
    const next = this.#open.find(({ approvalId }) => !this.#asked.has(approvalId));
    if (next === undefined) return;
    const { approvalId } = next;
    const takenBack = new AbortController();
    this.#current = { approvalId, takenBack };
    this.#asked.add(approvalId);
    try {
      await this.#ask(next, takenBack.signal);
    } catch (failure) {
      this.#desk.tell(failureSentence(failure));
    }
    this.#current = undefined;
    await this.#askNext();
  }

  async #ask(approval: WorkflowApproval, takenBack: AbortSignal): Promise<void> {
    const leftMs = Math.max(0, approval.expiresAtMs - Date.now());
    const timeIsOver = AbortSignal.timeout(Math.min(leftMs, timerMax));
    for (;;) {
      const line = await this.#desk.ask(questionOf(approval), AbortSignal.any([takenBack, timeIsOver]));
      if (takenBack.aborted || timeIsOver.aborted) return;
      if (line === undefined) {
        // Whoever left the question may answer it elsewhere, or later.
        for (const told of approvalLines(this.#runId, approval)) this.#desk.tell(told);
        return;
      }
      const answer = answerOf(line, approval.default);
      if (answer !== undefined) return await this.#desk.answer(approval.approvalId, answer);
    }
  }
}

function questionOf({ question, default: otherwise }: WorkflowApproval): string {
  const usual = otherwise === undefined ? "" : ` [${shortText(JSON.stringify(otherwise), 60)}]`;
  return `? ${question}${usual} (y, n, JSON or text) `;
}

/** Undefined = nothing was said, and nothing is usual. */
function answerOf(line: string, otherwise: JsonValue | undefined): JsonValue | undefined {
  return line === "" ? otherwise : (yesOrNo(line) ?? jsonOrText(line));
}
