// Shows a run of a workflow in a terminal while it happens, each thing in one line beside the result.
import type { AgentFinish, ApprovalAnswered, WorkflowEntry, WorkflowFinish } from "@lathe/kernel";
import { applyWorkflowEntry, startWorkflowView, type WorkflowView } from "@lathe/wire";
import { durationText } from "./durations.ts";
import { shortText } from "./short-text.ts";
import { calledAs } from "./terminal.ts";
import { approvalLines, budgetText, limitsText, reasonTexts, tokensText } from "./workflow-lines.ts";

export interface WorkflowPrinterDesk {
  /** Takes one line that is not the result. */
  readonly aside: (line: string) => void;
  /** Whether questions are asked here; where not, it is said how to answer them. */
  readonly asks: boolean;
}

const lineLengthMax = 160;
const logLengthMax = 10_000;

export class WorkflowPrinter {
  readonly #desk: WorkflowPrinterDesk;
  #view = startWorkflowView();

  constructor(desk: WorkflowPrinterDesk) {
    this.#desk = desk;
  }

  get view(): WorkflowView {
    return this.#view;
  }

  /** An entry that was shown before is not shown again. */
  show(entry: WorkflowEntry): void {
    const before = this.#view;
    this.#view = applyWorkflowEntry(before, entry);
    if (this.#view === before || this.#view.missedSeq !== null) return;
    for (const line of this.#lines(entry, before)) this.#desk.aside(line);
  }

  #lines(entry: WorkflowEntry, before: WorkflowView): readonly string[] {
    switch (entry.type) {
      case "workflow-start":
        return [startLine(entry)];
      case "workflow-continued":
        return ["The daemon goes on with it."];
      case "phase":
        return [`== ${shortText(entry.title, lineLengthMax)}`];
      case "log":
        return logLines(entry);
      case "agent-start":
        return [`> ${nameOf(entry)}${entry.model === null ? "" : ` (${shortText(entry.model, 80)})`}`];
      case "agent-finish":
        return [`  ${nameOf(entry)} ${finishText(entry)}`];
      case "cache-hit":
        return [`= ${nameOf(entry)} is not asked: ${reasonTexts[entry.reason]} (${entry.fromRunId})`];
      case "cache-miss":
        // That it was never asked before is nothing to tell.
        return entry.reason === "first" ? [] : [`~ ${nameOf(entry)} is asked: ${reasonTexts[entry.reason]}`];
      case "approval-asked":
        return this.#desk.asks ? [] : approvalLines(entry.runId, entry);
      case "approval-answered":
        return [answerLine(entry)];
      case "budget":
        return entry.kind === "spent" || before.budget?.kind === entry.kind ? [] : [budgetLine(entry)];
      case "workflow-finish":
        return [finishLine(entry)];
      default:
        return [];
    }
  }
}

function startLine({ name, dry, budget, resumeOf, runId }: WorkflowEntry<StartEvent>): string {
  const limits = limitsText(budget);
  const notes = [
    dry ? "dry: agents are answered with made-up values" : "",
    limits === "" ? "" : `budget ${limits}`,
    resumeOf === null ? "" : `goes on from ${resumeOf}`,
  ].filter((note) => note !== "");
  return `${shortText(name, lineLengthMax)} ${runId}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
}

type StartEvent = Extract<WorkflowEntry, { readonly type: "workflow-start" }>;

function nameOf({ label, callIndex }: { readonly label: string; readonly callIndex: number }): string {
  return label === "" ? `call ${callIndex}` : shortText(label, 80);
}

function finishText({ outcome, error, usage, durationMs, triesAgain }: AgentFinish): string {
  // In a dry run nothing takes any time.
  const took = durationMs < 1 ? "" : durationText(durationMs);
  const tokens = usage === null ? "" : tokensText(usage);
  const mended = triesAgain === 0 ? "" : `mended ${triesAgain} times`;
  const details = [took, tokens, mended].filter((detail) => detail !== "").join(", ");
  const reason = error === undefined ? "" : `: ${shortText(error.message, lineLengthMax)}`;
  return `${endings[outcome]}${details === "" ? "" : ` (${details})`}${reason}`;
}

const endings: Readonly<Record<AgentFinish["outcome"], string>> = {
  ok: "done",
  partial: "done in part",
  null: "gave null",
  error: "failed",
  stopped: "stopped",
};

/** A script's lines may be of any length, and hold line breaks. */
function logLines({
  level,
  text,
  source,
}: Extract<WorkflowEntry, { readonly type: "log" }>): readonly string[] {
  const mark = `${source === "engine" ? "lathe: " : ""}${level === "info" ? "" : `${level}: `}`;
  const isCut = text.length > logLengthMax;
  const shown = isCut ? `${text.slice(0, logLengthMax).toWellFormed()}...` : text;
  return shown.split(/\r\n|\r|\n/).map((line) => `| ${mark}${line}`);
}

function answerLine({ answer, by }: ApprovalAnswered): string {
  if (answer === undefined) return "  Nobody has answered in time.";
  return `  The answer is ${shortText(JSON.stringify(answer), lineLengthMax)}${answererOf(by)}.`;
}

function answererOf(by: string | null): string {
  return by === null ? ", as nobody has answered" : "";
}

function budgetLine(entry: Extract<WorkflowEntry, { readonly type: "budget" }>): string {
  const spent = budgetText(entry);
  return entry.kind === "exhausted"
    ? `The budget is used up (${spent}): no agent starts any more.`
    : `Much of the budget is used, or is about to be (${spent}).`;
}

function finishLine({
  runId,
  status,
  agentCount,
  cacheHitCount,
  durationMs,
  usage,
}: WorkflowFinish & { readonly runId: string }): string {
  const details = [
    durationText(durationMs),
    agentCount === 1 ? "1 agent" : `${agentCount} agents`,
    cacheHitCount === 0 ? "" : `${cacheHitCount} answered from what is stored`,
    tokensText(usage),
  ].filter((detail) => detail !== "");
  const next = status === "succeeded" ? "" : ` Go on with: ${calledAs} workflows resume ${runId}`;
  return `${status} (${details.join(", ")}).${next}`;
}
