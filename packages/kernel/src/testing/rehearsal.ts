// A stage for turns in tests: time that moves only when everything waits for it, a store in memory, providers that
// follow a script.
import type { DurableEvent, TransientEvent, TurnDone } from "../contracts/events.ts";
import type { ExecBackend } from "../contracts/exec-backend.ts";
import type { Message } from "../contracts/message.ts";
import type { Provider, ProviderContext, ProviderEvent, ProviderRequest } from "../contracts/provider.ts";
import type { Tool, ToolContext, ToolOutput } from "../contracts/tool.ts";
import { createLogger } from "../logging/logger.ts";
import type { Body, BodyRecord, SpanRecord } from "../logging/span.ts";
import { createScheduledRetry } from "../turn/retry.ts";
import { runTurn } from "../turn/run-turn.ts";
import { Transcript } from "../turn/transcript.ts";
import { defaultTurnLimits, type TurnDesk, type TurnLimits, type TurnPlan } from "../turn/turn.ts";

/** What a scripted provider does, batch by batch. `hang` waits for the abort; `deaf` does not even hear that. */
export type Act =
  | readonly ProviderEvent[]
  | { readonly kind: "hang" }
  | { readonly kind: "deaf" }
  | { readonly kind: "throw" }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "do"; readonly run: () => void };

export interface Rehearsal {
  readonly plan: TurnPlan;
  readonly desk: TurnDesk;
  /** Everything that was shown, in order, durable events at the moment of their commit. */
  readonly events: (TransientEvent | DurableEvent)[];
  readonly commits: (readonly DurableEvent[])[];
  readonly records: SpanRecord[];
  /** What was handed over to be kept apart from the records, made into text as a sink would. */
  readonly bodies: { readonly span: string; readonly name: string; readonly text: string }[];
  /** What each model call was sent, copied at the call. */
  readonly requests: ProviderRequest[];
  readonly sleepsMs: number[];
  readonly abort: () => void;
  run(): Promise<TurnDone>;
  /** Calls back everything that still waits for its time. Settles with how many there were. */
  passTime(): Promise<number>;
}

export interface Staging {
  /** The acts of each model call, one list per call; the last list is repeated. */
  readonly calls: readonly (readonly Act[])[];
  /** Models to fall back to, with the acts of their calls. */
  readonly fallbacks?: readonly (readonly (readonly Act[])[])[];
  readonly tools?: readonly Tool[];
  readonly history?: readonly Message[];
  readonly limits?: Partial<TurnLimits>;
  readonly desk?: Partial<TurnDesk>;
  readonly plan?: Partial<TurnPlan>;
}

export function rehearse(staging: Staging): Rehearsal {
  const aborting = new AbortController();
  const events: Rehearsal["events"] = [];
  const commits: Rehearsal["commits"] = [];
  const records: SpanRecord[] = [];
  const requests: ProviderRequest[] = [];
  const sleepsMs: number[] = [];
  const time = new ManualTime();
  let idCount = 0;
  const newId = (prefix: string) => `${prefix}_${++idCount}`;
  const bodies: Rehearsal["bodies"] = [];
  const spanNames = new Map<string, string>();
  const write = (record: SpanRecord): void => {
    records.push(record);
    if (record.kind === "open") spanNames.set(record.spanId, record.name);
  };
  const writeBody = ({ spanId, name, body }: BodyRecord): void => {
    bodies.push({ span: spanNames.get(spanId) ?? "", name, text: textOf(body) });
  };
  const logger = createLogger("rehearsal", {
    sink: { write, writeBody },
    nowMs: () => time.nowMs,
    monotonicMs: () => time.nowMs,
    newTraceId: () => newId("trace"),
    newSpanId: () => newId("span"),
  });
  const scripts = [staging.calls, ...(staging.fallbacks ?? [])];
  const tools = new Map((staging.tools ?? []).map((tool) => [tool.name, tool]));
  const plan: TurnPlan = {
    conversationId: "cnv_1",
    turnId: "trn_1",
    system: "You are on a stage.",
    transcript: new Transcript(
      staging.history ?? [{ role: "user", content: [{ type: "text", text: "Begin." }] }],
    ),
    models: scripts.map((calls, index) => ({
      provider: scriptedProvider(`stage${index}`, calls, requests, time),
      model: "m",
      settings: {},
    })),
    tools,
    declarations: [...tools.values()].map(({ name, description, parameters }) => ({
      name,
      description,
      parameters,
    })),
    workplace: { cwd: "/stage", computer: "stage", environment: {}, exec: noExec },
    limits: { ...defaultTurnLimits, ...staging.limits },
    retry: createScheduledRetry(),
    signal: aborting.signal,
    ...staging.plan,
  };
  const desk: TurnDesk = {
    emit: (event) => events.push(event),
    record: async (durable) => {
      await undefined;
      commits.push(durable);
      events.push(...durable);
    },
    now: () => time.nowMs,
    monotonic: () => time.nowMs,
    newId,
    sleep: (ms, signal) => {
      sleepsMs.push(ms);
      return time.sleep(ms, signal);
    },
    after: (ms, callback) => time.after(ms, callback),
    logger,
    span: logger.openSpan("turn"),
    ...staging.desk,
  };
  const run = () => time.runUntil(runTurn(plan, desk));
  const passTime = () => time.passAll();
  const abort = () => aborting.abort();
  return { plan, desk, events, commits, records, bodies, requests, sleepsMs, abort, run, passTime };
}

function textOf({ head, items, itemCount, tail }: Body): string {
  const texts = items.slice(0, itemCount).map((item) => {
    if (typeof item === "string") return item;
    return item instanceof Uint8Array ? String.fromCharCode(...item) : `${JSON.stringify(item)}\n`;
  });
  return [head, ...texts, tail].join("");
}

function scriptedProvider(
  id: string,
  calls: readonly (readonly Act[])[],
  requests: ProviderRequest[],
  time: ManualTime,
): Provider {
  let callCount = 0;
  return {
    id,
    models: async () => [],
    stream: (request, context) => {
      requests.push({ ...request, messages: [...request.messages] });
      const acts = calls[Math.min(callCount++, calls.length - 1)] ?? [];
      return perform(acts, context, time);
    },
  };
}

async function* perform(
  acts: readonly Act[],
  context: ProviderContext,
  time: ManualTime,
): AsyncGenerator<readonly ProviderEvent[]> {
  for (const act of acts) {
    if (!("kind" in act)) yield act;
    else if (act.kind === "throw") throw new Error("The adapter broke.");
    else if (act.kind === "wait") await time.sleep(act.ms, context.signal);
    else if (act.kind === "do") act.run();
    else if (act.kind === "deaf") await new Promise(() => {});
    else await aborted(context.signal);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** A tool for the stage; safe and read-only unless told otherwise. */
export function stageTool(
  name: string,
  execute: (input: Record<string, unknown>, context: ToolContext) => Promise<ToolOutput>,
  traits: Partial<Tool> = {},
): Tool {
  return {
    name,
    description: `The tool ${name}.`,
    parameters: { type: "object" },
    input: {
      "~standard": {
        version: 1,
        vendor: "stage",
        validate: (value) => ({ value: value as Record<string, unknown> }),
      },
    },
    concurrencySafe: true,
    readOnly: true,
    idempotent: true,
    timeoutMs: 0,
    execute: execute as Tool["execute"],
    ...traits,
  };
}

/** Time that jumps to the next waiting callback as soon as nothing else can happen. */
class ManualTime {
  nowMs = 1_000_000;
  readonly #waiting: { readonly atMs: number; readonly callback: () => void }[] = [];

  after(ms: number, callback: () => void): () => void {
    const entry = { atMs: this.nowMs + ms, callback };
    this.#waiting.push(entry);
    return () => {
      const index = this.#waiting.indexOf(entry);
      if (index >= 0) this.#waiting.splice(index, 1);
    };
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        release();
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const release = this.after(ms, wake);
      signal.addEventListener("abort", wake);
    });
  }

  async passAll(): Promise<number> {
    for (let count = 0; ; count++) {
      for (let batch = 0; batch < 2_000; batch++) await undefined;
      const next = this.#waiting.shift();
      if (next === undefined) return count;
      next.callback();
    }
  }

  async runUntil<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    const ticksMax = 100_000;
    for (let ticks = 0; ; ) {
      for (let batch = 0; batch < 2_000 && !settled; batch++) await undefined;
      if (settled) return promise;
      const next = this.#waiting.sort((left, right) => left.atMs - right.atMs).shift();
      if (next === undefined) {
        ticks += 2_000;
        if (ticks > ticksMax) throw new Error("The turn waits for something that will never happen.");
        continue;
      }
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
    }
  }
}

const noExec: ExecBackend = {
  computer: "stage",
  run: async () => ({
    kind: "not-started",
    reason: "not-permitted",
    message: "There are no processes on a stage.",
  }),
  files: () => {
    throw new Error("There are no files on a stage.");
  },
};
