// One tool call: from the model's words to the one result that answers them. It never rejects, and an abort or a
// time limit settles it at once, whatever the tool does.
import type { ToolOutcome } from "../contracts/events.ts";
import type { JsonObject } from "../contracts/json.ts";
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
  const { timeoutMs } = call.tool;
  const releaseTimer =
    timeoutMs > 0
      ? desk.after(timeoutMs, () => {
          resolve(timedOut(call.tool.name, timeoutMs));
          own.abort();
        })
      : undefined;
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
  approveAndExecute(call, context, desk).then(
    (result) => resolve({ ...result, content: cut(result.content, plan.limits.toolOutputLengthMax) }),
    (cause: unknown) => resolve(thrown(call.tool.name, cause)),
  );
  try {
    return await promise;
  } finally {
    releaseTimer?.();
    signal.removeEventListener("abort", onAbort);
  }
}

async function approveAndExecute(
  call: RunnableCall,
  context: ToolContext,
  desk: TurnDesk,
): Promise<CallResult> {
  const checked = await call.tool.input["~standard"].validate(call.input);
  if (checked.issues !== undefined)
    return refused("invalid-input", describeIssues(call.tool, checked.issues));
  const { signal } = context;
  const approval = await desk.approve?.({ callId: call.callId, tool: call.tool, input: call.input, signal });
  if (approval?.kind === "denied") return refused("denied", `This call was not allowed: ${approval.reason}`);
  // Whoever aborted while the answer was awaited must not find the tool running afterwards.
  if (signal.aborted) return aborted;
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

function timedOut(name: string, timeoutMs: number): CallResult {
  const content = `The tool ${name} did not finish within ${timeoutMs / 1_000} s and was given up.`;
  return { content, isError: true, outcome: "timeout" };
}

function thrown(name: string, cause: unknown): CallResult {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return refused("error", `The tool ${name} failed: ${cut(reason, 4_096)}`);
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

/** Cuts a long text, says so, and lets go of the rest. */
function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // A slice would keep the whole text alive behind it; the detour through JSON makes a string of its own.
  const head = JSON.parse(JSON.stringify(text.slice(0, lengthMax))) as string;
  return `${head}\n[cut: ${text.length - lengthMax} of ${text.length} characters are not shown]`;
}
