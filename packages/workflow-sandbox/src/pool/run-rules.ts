import type { GuestMessage } from "./judge.ts";
import type { ToldLimits } from "./limits.ts";

/** What a guest may say next, by what it has said so far. */
export class RunRules {
  readonly #limits: ToldLimits;
  readonly #open = new Set<number>();
  #callCount = 0;
  #answeredCount = 0;
  #logLineCount = 0;
  #logBytes = 0;
  #phaseCount = 0;
  #messageCount = 0;
  #messageBytes = 0;
  /** Of the frame that was counted last. */
  #frameBytes = 0;
  /** How often it was told that time has passed, and has not said yet that it rests again. */
  #owedRestCount = 0;

  constructor(limits: ToldLimits) {
    this.#limits = limits;
  }

  get answeredCount(): number {
    return this.#answeredCount;
  }

  /** False where this frame is more than the whole run may send. */
  countFrame(bytes: number): boolean {
    this.#messageCount += 1;
    this.#messageBytes += bytes;
    this.#frameBytes = bytes;
    const { messageCountMax, messageBytesMax } = this.#limits;
    const countMax = this.#owedRestCount > 0 ? messageCountMax + 1 : messageCountMax;
    return this.#messageCount <= countMax && this.#messageBytes <= messageBytesMax;
  }

  /** What is wrong with the message, or undefined; then it is counted. */
  admit(message: GuestMessage): string | undefined {
    if (message.kind === "call") return this.#admitCall(message.call.index);
    if (message.kind === "log") return this.#admitLog(Buffer.byteLength(message.text));
    if (message.kind === "phase") return this.#admitPhase();
    if (message.kind === "waiting" || message.kind === "resting") return this.#admitWaiting(message);
    if (message.kind === "ready") return "a second greeting";
    return undefined;
  }

  /** False where nobody waits for this answer, or it has been given. */
  answer(index: number): boolean {
    if (!this.#open.delete(index)) return false;
    this.#answeredCount += 1;
    return true;
  }

  /** It is told that time has passed. What it says when it has done what was due is not counted: timers may fire often. */
  advance(): void {
    this.#owedRestCount += 1;
  }

  #admitCall(index: number): string | undefined {
    if (index !== this.#callCount) return "a call out of order";
    if (this.#callCount >= this.#limits.callCountMax) return "more calls than a script may make";
    if (this.#open.size >= this.#limits.waitingCallCountMax) return "more calls at once than may wait";
    this.#callCount += 1;
    this.#open.add(index);
    return undefined;
  }

  #admitLog(bytes: number): string | undefined {
    this.#logLineCount += 1;
    this.#logBytes += bytes;
    // One line more, which says how many are missing.
    const { logLineCountMax, logBytesMax, logLineBytesMax } = this.#limits;
    const isTooMuch =
      this.#logLineCount > logLineCountMax + 1 || this.#logBytes > logBytesMax + logLineBytesMax;
    return isTooMuch ? "more log lines than a script may write" : undefined;
  }

  #admitPhase(): string | undefined {
    this.#phaseCount += 1;
    return this.#phaseCount > this.#limits.phaseCountMax
      ? "more phases than a script may announce"
      : undefined;
  }

  #admitWaiting({
    kind,
    answeredCount,
  }: Extract<GuestMessage, { answeredCount: number }>): string | undefined {
    if (answeredCount > this.#answeredCount) return "an answer that was never given";
    const isForAnswers = kind === "waiting";
    if (isForAnswers && answeredCount === this.#answeredCount && this.#open.size === 0)
      return "a wait for nothing";
    if (this.#owedRestCount > 0) {
      this.#owedRestCount -= 1;
      this.#messageCount -= 1;
      this.#messageBytes -= this.#frameBytes;
    }
    return undefined;
  }
}
