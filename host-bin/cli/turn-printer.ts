// Shows a turn in a terminal while it happens: the answer on standard output, everything else dim on standard error.
//
// It shows what the view has and it has not shown yet, so that a turn seen late or in pieces reads the same.
import type { ConversationEvent } from "@lathe/kernel";
import {
  type ConversationView,
  foldEvents,
  type StepView,
  startView,
  type ToolCallView,
  turnsOf,
} from "@lathe/wire";

export interface PrinterDesk {
  /** Takes text of the answer. */
  readonly write: (text: string) => void;
  /** Takes one line that is not part of the answer. */
  readonly aside: (line: string) => void;
}

const lineLengthMax = 160;

export class TurnPrinter {
  readonly #desk: PrinterDesk;
  #view: ConversationView | undefined;
  /** Steps of the turn that are complete and shown. */
  #shownStepCount = 0;
  readonly #shownTexts = new Map<string, string>();
  /** Whether a text may begin otherwise than what was shown of it. To look at each delta would be work that grows. */
  #mayDiffer = false;
  readonly #shownLines = new Set<unknown>();
  #atLineStart = true;

  constructor(desk: PrinterDesk) {
    this.#desk = desk;
  }

  show(event: ConversationEvent): void {
    // The first is the entry of the user's message.
    this.#view ??= startView("seq" in event ? event.seq - 1 : 0);
    this.#view = foldEvents(this.#view, event);
    this.#mayDiffer ||= event.type !== "text-delta";
    const steps = turnsOf(this.#view).at(-1)?.steps ?? [];
    for (const step of steps.slice(this.#shownStepCount)) this.#showStep(step);
    const isWhole = steps.at(this.#shownStepCount)?.complete === true;
    if (isWhole) this.#shownStepCount += 1;
  }

  /** Ends the last line of the answer. */
  finish(): void {
    if (!this.#atLineStart) this.#write("\n");
  }

  #showStep(step: StepView): void {
    this.#showRetry(step);
    for (const [index, part] of step.parts.entries()) {
      if (part.type === "text") this.#showText(`${step.stepId}/${index}`, part.text);
      else if (part.type === "tool-call") this.#showCall(step.stepId, part);
    }
  }

  #showRetry({ retry, fallback }: StepView): void {
    if (retry !== null)
      this.#once(
        retry,
        `${oneLine(retry.message)} Trying again in ${seconds(retry.delayMs)} (attempt ${retry.attempt + 1}).`,
      );
    if (fallback !== null)
      this.#once(
        fallback,
        `${fallback.fromModel} failed (${fallback.reason}); going on with ${fallback.toModel}.`,
      );
  }

  #showText(key: string, text: string): void {
    const shown = this.#shownTexts.get(key) ?? "";
    this.#mayDiffer ||= text.length < shown.length;
    // A step that begins again, behind a crash of the daemon, may well say the same.
    if (this.#mayDiffer ? shown.startsWith(text) : text.length === shown.length) return;
    const goesOn = !this.#mayDiffer || text.startsWith(shown);
    if (!goesOn) this.#aside("The answer begins again.");
    if (shown === "") this.finish();
    this.#shownTexts.set(key, text);
    this.#mayDiffer = false;
    this.#write(goesOn ? text.slice(shown.length) : text);
  }

  /** A call's id is its own within its step only. */
  #showCall(stepId: string, call: ToolCallView): void {
    if (call.status === "writing") return;
    const key = `${stepId}/${call.callId}`;
    this.#once(key, `> ${call.name} ${oneLine(JSON.stringify(call.input))}`);
    if (call.status === "not-run") this.#once(`${key} ended`, `  ${call.name} was not run.`);
    if (call.status === "done") this.#once(`${key} ended`, `  ${endingOf(call)}`);
  }

  #once(key: unknown, line: string): void {
    if (this.#shownLines.has(key)) return;
    this.#shownLines.add(key);
    this.#aside(line);
  }

  #aside(line: string): void {
    this.finish();
    this.#desk.aside(line);
  }

  #write(text: string): void {
    this.#desk.write(text);
    this.#atLineStart = text.endsWith("\n");
  }
}

/** A call that was refused before it ran has a result, and no outcome. */
function endingOf({ name, outcome, durationMs, output, isError }: ToolCallView): string {
  const took = durationMs === null ? "" : ` after ${seconds(durationMs)}`;
  if (isError !== true && (outcome === null || outcome === "ok")) return `${name} done${took}`;
  return `${name} failed${took} (${outcome ?? "not run"}): ${oneLine(output ?? "")}`;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > lineLengthMax ? `${line.slice(0, lineLengthMax)}...` : line;
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
