// Runs one script against a host that answers by itself. For tests.
import type { JsonValue } from "@lathe/kernel";
import { createScriptCompiler } from "./compile/script-compiler.ts";
import type {
  CompiledScript,
  GuestAnswer,
  GuestCall,
  GuestEnding,
  GuestHost,
  GuestLimits,
  GuestPool,
  GuestScript,
  ScriptCompiler,
  ScriptError,
} from "./contract.ts";
import { createGuestPool } from "./pool/guest-pool.ts";

export interface ScriptTrial {
  readonly args?: JsonValue;
  readonly budget?: GuestScript["budget"];
  readonly nullStopsPipeline?: boolean;
  readonly signal?: AbortSignal;
  /** Answers agents, workflows and approvals. The default says `echo:<prompt>`, the reference, or "yes". */
  readonly onCall?: (call: GuestCall) => GuestAnswer | Promise<GuestAnswer>;
}

export interface ScriptTrace {
  readonly ending: GuestEnding;
  readonly calls: readonly GuestCall[];
  readonly phases: readonly string[];
  readonly logs: readonly { readonly level: "info" | "warn" | "error"; readonly text: string }[];
  readonly waitingCount: number;
}

export type ScriptResult = ScriptTrace | { readonly refused: ScriptError };

export interface ScriptBench {
  readonly pool: GuestPool;
  readonly compiler: ScriptCompiler;
  /** Compiles and runs; what the compiler refuses comes back as `refused`. */
  run(source: string, trial?: ScriptTrial): Promise<ScriptResult>;
  close(): Promise<void>;
}

/** A compiler and a pool for many scripts. Close it. */
export function openScriptBench(limits: Partial<GuestLimits> = {}): ScriptBench {
  const compiler = createScriptCompiler();
  const pool = createGuestPool({ limits });
  pool.warm();
  return {
    pool,
    compiler,
    async run(source, trial = {}) {
      const compiled = await compiler.compile(source, "trial.js");
      return compiled.kind === "refused"
        ? { refused: compiled.error }
        : await runIn(pool, compiled.script, trial);
    },
    async close() {
      await Promise.all([compiler.close(), pool.close()]);
    },
  };
}

/** The same for one script, which must compile: throws what the compiler says. */
export async function runScript(
  source: string,
  trial: ScriptTrial & { readonly limits?: Partial<GuestLimits> } = {},
): Promise<ScriptTrace> {
  const bench = openScriptBench(trial.limits);
  try {
    const result = await bench.run(source, trial);
    if ("refused" in result) throw new Error(result.refused.message);
    return result;
  } finally {
    await bench.close();
  }
}

async function runIn(pool: GuestPool, script: CompiledScript, trial: ScriptTrial): Promise<ScriptTrace> {
  const calls: GuestCall[] = [];
  const phases: string[] = [];
  const logs: ScriptTrace["logs"][number][] = [];
  let waitingCount = 0;
  const answerOf = trial.onCall ?? echo;
  const host: GuestHost = {
    call(call) {
      calls.push(call);
      void Promise.resolve(answerOf(call)).then((answer) => run.answer(call.index, answer));
    },
    phase: (title) => void phases.push(title),
    log: (level, text) => void logs.push({ level, text }),
    waiting: () => {
      waitingCount += 1;
    },
    started: () => undefined,
  };
  const { dialect, code } = script;
  const { args, budget = { total: null, spent: 0 }, nullStopsPipeline = true } = trial;
  const signal = trial.signal ?? new AbortController().signal;
  const run = pool.run({ name: "trial.js", dialect, code, args, budget, nullStopsPipeline }, host, signal);
  return { ending: await run.ended, calls, phases, logs, waitingCount };
}

function echo(call: GuestCall): GuestAnswer {
  if (call.kind === "agent") return { kind: "value", value: `echo:${call.prompt}` };
  return { kind: "value", value: call.kind === "workflow" ? call.reference : "yes" };
}
