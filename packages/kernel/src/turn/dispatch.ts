// Runs the tool calls of one step.
//
// Owns: the order in which calls run, and the one result of each.
//
// Invariants
//   D1  Each call of the answer gets exactly one result, in the order of the calls, whatever happens.
//   D2  A tool that is not concurrency-safe runs alone: after everything before it, before everything behind it.
//   D3  Identical calls of a step run once, and share the result.
//   D4  A call starts before the model has finished only if it changes nothing and nothing before it waits.
//   D5  After an abort nothing starts, and nothing is waited for.
//   D6  Each call has one span, whether it ran or not.
//   D7  A call that may have run before a crash is run again only if its tool is read-only or idempotent.
import type { ToolCallMetrics } from "../contracts/events.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { ToolMessage } from "../contracts/message.ts";
import type { Tool } from "../contracts/tool.ts";
import type { Body, Span } from "../logging/span.ts";
import type { ReadyCall, StepNames } from "./answer.ts";
import { callKey } from "./arguments.ts";
import { type RepeatGuard, type RepeatVerdict, repeatWarning } from "./repeat-guard.ts";
import { type CallResult, refused, runToolCall } from "./tool-call.ts";
import { interruptedResult } from "./transcript.ts";
import type { TurnDesk, TurnPlan } from "./turn.ts";

interface Slot {
  readonly call: ReadyCall;
  /** The same object for identical calls. */
  readonly work: Work;
  readonly verdict: RepeatVerdict;
}

type Work =
  | { readonly kind: "answered"; readonly result: CallResult }
  | {
      readonly kind: "runnable";
      readonly tool: Tool;
      readonly input: JsonObject;
      running: Promise<CallResult> | undefined;
      metrics: ToolCallMetrics | undefined;
      /** The call that it runs for; others share its result. */
      ranFor: ReadyCall | undefined;
    };

export interface Dispatched {
  readonly results: readonly ToolMessage[];
  /** Of the calls that ran. */
  readonly metrics: readonly ToolCallMetrics[];
  /** True where the model repeats itself past the limit. */
  readonly stuck: boolean;
}

export class ToolDispatch {
  readonly #plan: TurnPlan;
  readonly #desk: TurnDesk;
  readonly #names: StepNames;
  readonly #span: Span;
  readonly #guard: RepeatGuard;
  readonly #abandoned = new AbortController();
  readonly #slots: Slot[] = [];
  readonly #workByKey = new Map<string, Work>();
  readonly #running = new Set<Promise<CallResult>>();
  /** The calls were made before a crash, and may have run. */
  readonly #afterCrash: boolean;
  /** False from the first call on that must wait for the end of the answer. */
  #mayStartEarly = true;
  readonly #forwardAbort = () => this.#abandoned.abort();

  constructor(
    plan: TurnPlan,
    desk: TurnDesk,
    names: StepNames,
    span: Span,
    guard: RepeatGuard,
    afterCrash = false,
  ) {
    this.#plan = plan;
    this.#desk = desk;
    this.#names = names;
    this.#span = span;
    this.#guard = guard;
    this.#afterCrash = afterCrash;
    plan.signal.addEventListener("abort", this.#forwardAbort);
    if (plan.signal.aborted) this.#abandoned.abort();
  }

  /** Whether a call waits that changes something and cannot be repeated. */
  get holdsUnrepeatable(): boolean {
    return this.#slots.some(
      ({ work }) => work.kind === "runnable" && work.running === undefined && !isRepeatable(work.tool),
    );
  }

  /** Takes a call as soon as the model has written it. */
  add(call: ReadyCall): void {
    const slot = this.#slotFor(call);
    this.#slots.push(slot);
    const { work } = slot;
    if (this.#abandoned.signal.aborted) return;
    if (work.kind !== "runnable" || work.running !== undefined || slot.verdict === "stop") return;
    const early = this.#mayStartEarly && work.tool.readOnly && work.tool.concurrencySafe;
    if (early && this.#running.size < this.#plan.limits.toolConcurrencyMax) this.#start(call, work);
    else this.#mayStartEarly = false;
  }

  /** The answer is whole: runs what has not run, and settles when every call has its result. */
  async finish(): Promise<Dispatched> {
    const stuck = this.#slots.some((slot) => slot.verdict === "stop");
    try {
      if (!stuck) await this.#runRest();
      const results: ToolMessage[] = [];
      for (const slot of this.#slots) results.push(await this.#resultOf(slot, stuck));
      return { results, metrics: this.#metrics(), stuck };
    } catch (cause) {
      this.#abandoned.abort();
      throw cause;
    } finally {
      this.#release();
    }
  }

  /** The answer came to nothing: ends what was started early, and waits for none of it. */
  async abandon(): Promise<Dispatched> {
    if (this.#running.size > 0) {
      this.#abandoned.abort();
      await Promise.allSettled(this.#running);
    }
    this.#release();
    for (const slot of this.#slots) this.#traceUnrun(slot, notRunAborted);
    return { results: [], metrics: this.#metrics(), stuck: false };
  }

  async #runRest(): Promise<void> {
    for (const { call, work } of this.#slots) {
      if (work.kind !== "runnable" || work.running !== undefined) continue;
      await this.#roomFor(work.tool);
      if (this.#abandoned.signal.aborted) return;
      const running = this.#start(call, work);
      if (!work.tool.concurrencySafe) await running;
    }
  }

  #release(): void {
    this.#plan.signal.removeEventListener("abort", this.#forwardAbort);
  }

  #slotFor(call: ReadyCall): Slot {
    if (this.#slots.length >= this.#plan.limits.toolCallCountMax) {
      const problem = `A step may hold ${this.#plan.limits.toolCallCountMax} calls; this one was not run.`;
      return { call, work: { kind: "answered", result: refused("error", problem) }, verdict: "go" };
    }
    // The problem of broken arguments is a text, so it never equals the input of a call that is not broken.
    const key = callKey(
      call.name,
      call.arguments.kind === "ok" ? call.arguments.input : call.arguments.problem,
    );
    const known = this.#workByKey.get(key);
    if (known !== undefined) return { call, work: known, verdict: "go" };
    const work = this.#workOf(call);
    this.#workByKey.set(key, work);
    return { call, work, verdict: this.#guard.judge(key) };
  }

  #workOf({ name, arguments: parsed, shownText }: ReadyCall): Work {
    if (parsed.kind === "invalid") {
      const result = refused("invalid-input", `${parsed.problem} Call again with a JSON object.`);
      return { kind: "answered", result };
    }
    const { input } = parsed;
    const tool = this.#plan.tools.get(name);
    if (tool !== undefined && this.#afterCrash && !mayRunAgain(tool, shownText))
      return { kind: "answered", result: refused("interrupted", interruptedResult) };
    if (tool !== undefined)
      return { kind: "runnable", tool, input, running: undefined, metrics: undefined, ranFor: undefined };
    const names = [...this.#plan.tools.keys()].sort().join(", ");
    const problem = `There is no tool named ${JSON.stringify(name.slice(0, 80))}. There are: ${names || "none"}.`;
    return { kind: "answered", result: refused("unknown-tool", problem) };
  }

  async #roomFor(tool: Tool): Promise<void> {
    const most = tool.concurrencySafe ? this.#plan.limits.toolConcurrencyMax - 1 : 0;
    while (this.#running.size > most) await Promise.race(this.#running);
  }

  #start(call: ReadyCall, work: Extract<Work, { kind: "runnable" }>): Promise<CallResult> {
    const running = this.#run(call, work);
    work.running = running;
    work.ranFor = call;
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  async #run(call: ReadyCall, work: Extract<Work, { kind: "runnable" }>): Promise<CallResult> {
    const { callId, name } = call;
    const startedAtMs = this.#desk.now();
    const startedMonotonicMs = this.#desk.monotonic();
    const span = this.#span.openSpan("tool-call", { callId, tool: name });
    this.#desk.emit({
      type: "tool-trace-start",
      ...this.#names,
      callId,
      name,
      input: call.shown,
      startedAtMs,
    });
    keepInput(span, call);
    const runnable = { callId, tool: work.tool, input: work.input };
    const { signal } = this.#abandoned;
    const result = await runToolCall(runnable, this.#names, this.#plan, this.#desk, signal, span);
    const durationMs = this.#desk.monotonic() - startedMonotonicMs;
    work.metrics = { callId, outcome: result.outcome, startedAtMs, durationMs };
    closeCallSpan(span, result);
    const { outcome, content: output } = result;
    this.#desk.emit({ type: "tool-trace-finish", ...this.#names, callId, name, outcome, durationMs, output });
    return result;
  }

  async #resultOf(slot: Slot, stuck: boolean): Promise<ToolMessage> {
    const { call, work } = slot;
    let result: CallResult;
    if (work.kind === "answered") result = work.result;
    else if (work.running !== undefined) result = await work.running;
    else result = stuck ? notRunStuck : notRunAborted;
    this.#traceUnrun(slot, result);
    const content = slot.verdict === "warn" ? `${result.content}\n${repeatWarning}` : result.content;
    const { callId, name } = call;
    const { isError } = result;
    if (!this.#abandoned.signal.aborted) {
      this.#desk.emit({ type: "tool-result", ...this.#names, callId, name, content, isError });
    }
    return { role: "tool", callId, toolName: name, content, isError };
  }

  /** A call that never ran has its span as well: whoever looks for it finds why. */
  #traceUnrun({ call, work }: Slot, result: CallResult): void {
    if (work.kind === "runnable" && work.ranFor === call) return;
    const sharedWith = work.kind === "runnable" ? work.ranFor?.callId : undefined;
    const { callId, name: tool } = call;
    const span = this.#span.openSpan("tool-call", {
      callId,
      tool,
      ...(sharedWith === undefined ? { ran: false } : { sharedWith }),
    });
    keepInput(span, call);
    closeCallSpan(span, result);
  }

  #metrics(): readonly ToolCallMetrics[] {
    const metrics: ToolCallMetrics[] = [];
    const seen = new Set<Work>();
    for (const { work } of this.#slots) {
      if (work.kind === "runnable" && work.metrics !== undefined && !seen.has(work))
        metrics.push(work.metrics);
      seen.add(work);
    }
    return metrics;
  }
}

function isRepeatable(tool: Tool): boolean {
  return tool.readOnly || tool.idempotent;
}

/** With a secret taken out of them, the arguments that are left are not those of the call that was made. */
function mayRunAgain(tool: Tool, shownText: string): boolean {
  return isRepeatable(tool) && !shownText.includes("[redacted:");
}

function keepInput(span: Span, { shownText }: ReadyCall): void {
  if (span.keepsBodies) span.body("input", textBody(shownText));
}

function closeCallSpan(span: Span, { outcome, isError, content }: CallResult): void {
  if (span.keepsBodies) span.body("output", textBody(content));
  const spanOutcome =
    outcome === "aborted" || outcome === "interrupted" ? "aborted" : isError ? "error" : "ok";
  span.close(spanOutcome, { outcome, outputLength: content.length });
}

function textBody(text: string): Body {
  return { head: text, items: noItems, itemCount: 0, tail: "" };
}

const noItems: readonly string[] = [];

const notRunStuck = refused(
  "error",
  "Not run: the same call was made five times in a row, and the turn ends here.",
);
const notRunAborted = refused("aborted", "Aborted.");
