// Workflows, and how runs of them are doing, as lines.
import type { BudgetLimits, Usage } from "@lathe/kernel";
import type {
  WorkflowAgentState,
  WorkflowAgentView,
  WorkflowApproval,
  WorkflowCacheItem,
  WorkflowDocument,
  WorkflowList,
  WorkflowSource,
  WorkflowStatus,
} from "@lathe/wire";
import { durationText } from "./durations.ts";
import { shortText } from "./short-text.ts";
import { tableLines } from "./table.ts";
import { calledAs } from "./terminal.ts";
import { argumentLines } from "./workflow-arguments.ts";

const agentCountMax = 40;
const logLineCountMax = 10;
const lineLengthMax = 160;

/** One line for each workflow, and below it what is wrong with it. */
export function listLines({ items }: WorkflowList, width: number): readonly string[] {
  const nameWidth = Math.max(0, ...items.map(({ name }) => name.length));
  const rows = tableLines(items.map(({ name, source }) => [name, source.kind]));
  const room = Math.max(20, width - nameWidth - "built-in".length - 4);
  return items.flatMap(({ description, error, source }, at) => {
    const said =
      error === null ? shortText(description, room) : `! ${shortText(firstLine(error.message), room - 2)}`;
    const line = `${(rows[at] ?? "").padEnd(nameWidth + "built-in".length + 2)}  ${said}`;
    return error === null ? [line] : [line, `    ${placeOf(source)}`];
  });
}

/** The place in the text is below it, for those who look closer. */
function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? "";
}

/** What is said of a workflow before its text. */
export function documentLines(workflow: WorkflowDocument): readonly string[] {
  const { name, description, whenToUse, dialect, source, hash, phases, shadows, meta } = workflow;
  const rows = [
    ["name", name],
    ["description", description],
    ["when to use", whenToUse ?? ""],
    ["from", placeOf(source)],
    ...argumentLines(meta).map((line, at) => [at === 0 ? "arguments" : "", line]),
    ["form", dialect ?? ""],
    ["hash", hash ?? ""],
    ...phases.map(({ title, detail }, at) => [
      at === 0 ? "phases" : "",
      detail ? `${title}: ${detail}` : title,
    ]),
    ...shadows.map((shadow, at) => [at === 0 ? "instead of" : "", placeOf(shadow)]),
  ].filter(([, value]) => value !== "");
  return tableLines(rows);
}

export function placeOf({ kind, path }: WorkflowSource): string {
  return path ?? kind;
}

export function statusLines(status: WorkflowStatus): readonly string[] {
  const { run, name, description, dry, resumeOf, phases, approvals, log } = status;
  const rows = [
    ["run", run.id],
    ["workflow", name ?? ""],
    ["description", description ?? ""],
    ["status", dry ? `${run.status} (dry)` : run.status],
    ["goes on from", resumeOf ?? ""],
    ["agents", countsText(status.counts)],
    ["spent", budgetText(status.budget)],
    ["phase", status.phase ?? ""],
  ].filter(([, value]) => value !== "");
  const shown = log.slice(-logLineCountMax);
  return [
    ...tableLines(rows),
    ...phases.flatMap(({ title, agents }) => ["", title ?? "(no phase)", ...agentLines(agents)]),
    ...(shown.length === 0 ? [] : ["", "log"]),
    ...shown.map(
      ({ level, text }) => `  ${level === "info" ? "" : `${level}: `}${shortText(text, lineLengthMax)}`,
    ),
    ...approvals.flatMap((approval) => ["", ...approvalLines(run.id, approval)]),
  ];
}

function agentLines(agents: readonly WorkflowAgentView[]): readonly string[] {
  const rows = agents
    .slice(0, agentCountMax)
    .map(({ label, state, durationMs, usage, model, error, childRunId }) => [
      "",
      shortText(label, 40),
      state,
      durationMs === null ? "" : durationText(durationMs),
      usage === null ? "" : tokensText(usage),
      model ?? "",
      error === null ? (childRunId ?? "") : shortText(`${error.code}: ${error.message}`, lineLengthMax),
    ]);
  const rest = agents.length - agentCountMax;
  return rest > 0 ? [...tableLines(rows), `  and ${rest} more: --json shows all`] : tableLines(rows);
}

/** Ready to be copied: how the question is answered from another terminal. */
export function approvalLines(runId: string, approval: WorkflowApproval): readonly string[] {
  const { approvalId, question, expiresAtMs } = approval;
  const otherwise = approval.default === undefined ? "it fails" : JSON.stringify(approval.default);
  return [
    `It waits for an answer: ${shortText(question, 1_000)}`,
    `  until ${new Date(expiresAtMs).toISOString()}, then ${shortText(otherwise, lineLengthMax)}`,
    `  ${calledAs} workflows approve ${runId} ${approvalId} --yes | --no | --answer JSON`,
  ];
}

/** A table with the reason of each call. */
export function cacheLines(items: readonly WorkflowCacheItem[]): readonly string[] {
  return tableLines(
    items.map(({ callIndex, label, phase, outcome, reason, fromRunId }) => [
      String(callIndex).padStart(4),
      shortText(label, 40),
      shortText(phase ?? "", 30),
      outcome,
      reasonTexts[reason],
      fromRunId ?? "",
    ]),
  );
}

export const reasonTexts: Readonly<Record<WorkflowCacheItem["reason"], string>> = {
  "this-run": "this run had its answer already",
  "resumed-run": "the run that this one goes on from had its answer",
  "other-run": "another run had its answer",
  first: "it was never asked before",
  "prompt-changed": "its prompt has changed",
  "model-changed": "its model has changed",
  "agent-changed": "its agent has changed",
  "schema-changed": "its schema has changed",
  "options-changed": "its options have changed",
  "files-changed": "files that it may read have changed",
  "may-write": "its agent may change things",
  "not-finished": "it had not finished",
  damaged: "what was stored is damaged",
  "not-cached": "it is always asked anew",
};

const stateOrder = ["running", "queued", "done", "cached", "partial", "null", "failed", "stopped"] as const;

function countsText(counts: Readonly<Record<WorkflowAgentState, number>>): string {
  const parts = stateOrder.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`);
  return parts.length === 0 ? "none yet" : parts.join(", ");
}

export function budgetText({ limits, spentTokens, spentUsd }: WorkflowStatus["budget"]): string {
  const tokens = `${countText(spentTokens)}${limits.tokens === null ? "" : ` of ${countText(limits.tokens)}`} tokens`;
  if (spentUsd === 0 && limits.usd === null) return tokens;
  return `${tokens}, ${usdText(spentUsd)}${limits.usd === null ? "" : ` of ${usdText(limits.usd)}`}`;
}

/** What a run may spend; empty where nothing limits it. */
export function limitsText({ tokens, usd }: BudgetLimits): string {
  const parts = [tokens === null ? "" : `${countText(tokens)} tokens`, usd === null ? "" : usdText(usd)];
  return parts.filter((part) => part !== "").join(", ");
}

export function tokensText({ inputTokens, outputTokens }: Usage): string {
  if (inputTokens === null && outputTokens === null) return "";
  return `${countText((inputTokens ?? 0) + (outputTokens ?? 0))} tokens`;
}

function usdText(usd: number): string {
  return `${usd.toFixed(usd < 1 ? 4 : 2)} USD`;
}

function countText(count: number): string {
  return count.toLocaleString("en-US");
}
