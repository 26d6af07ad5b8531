// One tool call: from the model's words to the one result that answers them. It never rejects, and an abort or a
// time limit settles it at once, whatever the tool does. The tool's time is its own: the wait for somebody to approve
// the call does not count.
import type { ToolOutcome } from "../contracts/events.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { Redactor } from "../contracts/redaction.ts";
import type { SchemaIssue } from "../contracts/schema.ts";
import type { Tool, ToolContext, ToolOutput } from "../contracts/tool.ts";
import type { Span } from "../logging/span.ts";
import type { StepNames } from "./answer.ts";
import type { TurnDesk, TurnPlan } from "./turn.ts";

export interface CallResult {
  readonly content: string;
  readonly isError: boolean;
  readonly outcome: ToolOutcome;
}

export interface RunnableCall {
  readonly callId: string;
  readonly tool: Tool;
  readonly input: JsonObject;
}

/** Runs one call. `signal` is the turn's, or one that aborts earlier. */
export async function runToolCall(
  call: RunnableCall,
  names: StepNames,
  plan: TurnPlan,
  desk: TurnDesk,
  signal: AbortSignal,
  span: Span,
): Promise<CallResult> {
  if (signal.aborted) return aborted;
  const own = new AbortController();
  const { promise, resolve } = Promise.withResolvers<CallResult>();
  const onAbort = () => {
    resolve(aborted);
    own.abort();
  };
  signal.addEventListener("abort", onAbort);
  const limit = new TimeLimit(call.tool.timeoutMs, desk, () => {
    resolve(timedOut(call.tool));
    own.abort();
  });
  const context: ToolContext = {
    conversationId: names.conversationId,
    turnId: names.turnId,
    stepId: names.stepId,
    callId: call.callId,
    cwd: plan.workplace.cwd,
    computer: plan.workplace.computer,
    environment: plan.workplace.environment,
    exec: plan.workplace.exec,
    signal: own.signal,
    span,
  };
  approveAndExecute(call, context, desk, limit).then(
    (result) => resolve(readable(result, plan.limits.toolOutputLengthMax, desk.redactor)),
    (cause: unknown) => resolve(thrown(call.tool.name, cause, desk.redactor)),
  );
  try {
    return await promise;
  } finally {
    limit.stop();
    signal.removeEventListener("abort", onAbort);
  }
}

async function approveAndExecute(
  call: RunnableCall,
  context: ToolContext,
  desk: TurnDesk,
  limit: TimeLimit,
): Promise<CallResult> {
  const { signal } = context;
  limit.start();
  const checked = await call.tool.input["~standard"].validate(call.input);
  if (checked.issues !== undefined)
    return refused("invalid-input", describeIssues(call.tool, checked.issues));
  if (signal.aborted) return aborted;
  if (desk.approve !== undefined) {
    limit.stop();
    const approval = await desk.approve({ callId: call.callId, tool: call.tool, input: call.input, signal });
    if (approval.kind !== "allowed")
      return refused("denied", `This call was not allowed: ${approval.reason}`);
    // Whoever aborted while the answer was awaited must not find the tool running afterwards.
    if (signal.aborted) return aborted;
    limit.start();
  }
  const output = await call.tool.execute(checked.value, context);
  return settled(call.tool.name, output);
}

function settled(name: string, output: ToolOutput): CallResult {
  if (typeof output?.content !== "string") {
    return refused("error", `The tool ${name} gave back something that is not an output with text content.`);
  }
  const isError = output.isError === true;
  return { content: output.content, isError, outcome: isError ? "error" : "ok" };
}

const aborted: CallResult = { content: "Aborted.", isError: true, outcome: "aborted" };

function timedOut({ name, timeoutMs }: Tool): CallResult {
  const content = `The tool ${name} did not finish within ${timeoutMs / 1_000} s and was given up.`;
  return { content, isError: true, outcome: "timeout" };
}

function thrown(name: string, cause: unknown, redactor: Redactor | undefined): CallResult {
  const reason = readable(refused("error", reasonOf(cause)), 4_096, redactor);
  return { ...reason, content: `The tool ${name} failed: ${reason.content}` };
}

/** What was thrown, in words. Anything can be thrown, also what throws again when it is asked what it is. */
function reasonOf(cause: unknown): string {
  try {
    const reason: unknown = cause instanceof Error ? cause.message : String(cause);
    if (typeof reason === "string") return reason;
  } catch {
    // There is nothing to show then.
  }
  return "it threw something that cannot be shown.";
}

/** A result that answers a call without the tool having done anything. */
export function refused(outcome: ToolOutcome, content: string): CallResult {
  return { content, isError: true, outcome };
}

function describeIssues(tool: Tool, issues: readonly SchemaIssue[]): string {
  const lines = issues.slice(0, 10).map((issue) => {
    const path = (issue.path ?? [])
      .map((step) => String(typeof step === "object" ? step.key : step))
      .join(".");
    return path === "" ? `- ${issue.message}` : `- ${path}: ${issue.message}`;
  });
  return `The input of ${tool.name} is not valid. Correct it and call again.\n${lines.join("\n")}`;
}

/** What the model reads, and everybody else: bounded, and without secrets. */
function readable(result: CallResult, lengthMax: number, redactor: Redactor | undefined): CallResult {
  const { content } = result;
  if (redactor === undefined) return { ...result, content: cut(content, lengthMax, content.length) };
  if (content.length <= lengthMax + acrossCut)
    return { ...result, content: cut(redactor.text(content), lengthMax, content.length) };
  // Some more than is kept, so that a secret that lies across the cut is found as well. The last of it is left out even
  // where redaction has made room: there may be the beginning of one.
  const redacted = redactor.text(content.slice(0, lengthMax + acrossCut));
  return { ...result, content: cut(redacted.slice(0, -acrossCut), lengthMax, content.length) };
}

const acrossCut = 16_384;

/**
 * Cuts a long text, says so, and lets go of the rest. Halves of characters are replaced: a provider refuses a request
 * that holds one, and the transcript would send it again and again.
 */
function cut(text: string, lengthMax: number, wholeLength: number): string {
  if (text.length <= lengthMax && wholeLength <= lengthMax) return text.toWellFormed();
  // A slice would keep the whole text alive behind it; the detour through JSON makes a string of its own.
  const head = (JSON.parse(JSON.stringify(text.slice(0, lengthMax))) as string).toWellFormed();
  const length = Math.max(wholeLength, text.length);
  return `${head}\n[cut: ${length - lengthMax} of ${length} characters are not shown]`;
}

/** Calls back once when what was started has run for `timeoutMs` without being stopped. 0 = never. */
class TimeLimit {
  readonly #timeoutMs: number;
  readonly #desk: TurnDesk;
  readonly #onOver: () => void;
  #release: (() => void) | undefined;

  constructor(timeoutMs: number, desk: TurnDesk, onOver: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#desk = desk;
    this.#onOver = onOver;
  }

  start(): void {
    if (this.#timeoutMs > 0) this.#release = this.#desk.after(this.#timeoutMs, this.#onOver);
  }

  stop(): void {
    this.#release?.();
    this.#release = undefined;
  }
}
