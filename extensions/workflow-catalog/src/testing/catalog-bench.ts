// Runs the workflows of the catalog in the real sandbox, with agents that a test answers for.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import { compileSchema, makeUp } from "@lathe/structured-output";
import {
  type CompiledScript,
  createGuestPool,
  createScriptCompiler,
  type GuestAnswer,
  type GuestBudget,
  type GuestCall,
  type GuestEnding,
  type GuestRun,
  type GuestScript,
} from "@lathe/workflow-sandbox";
import { readCatalog } from "../edge/read-catalog.ts";

export interface Play {
  readonly ending: GuestEnding;
  /** What was returned; undefined where the script ended in another way. */
  readonly result: JsonValue | undefined;
  readonly calls: readonly GuestCall[];
  readonly phases: readonly string[];
}

export interface PlayOptions {
  readonly args?: JsonValue;
  readonly answer?: (call: GuestCall) => GuestAnswer;
  readonly budget?: GuestBudget;
  /** What each answered call adds to what is spent. */
  readonly tokensPerCall?: number;
}

export interface CatalogBench extends AsyncDisposable {
  play(name: string, options?: PlayOptions): Promise<Play>;
  /** What a workflow says about itself. */
  metaOf(name: string): Promise<JsonObject>;
}

/** Dispose of it: it has processes. */
export function openCatalogBench(): CatalogBench {
  const compiler = createScriptCompiler();
  const pool = createGuestPool();
  const compile = async (name: string): Promise<CompiledScript> => {
    const item = (await readCatalog()).find((one) => one.name === name);
    const compiled = await compiler.compile(item?.script.source ?? "", `${name}.js`);
    if (compiled.kind === "refused") throw new Error(compiled.error.message);
    return compiled.script;
  };
  return {
    metaOf: async (name) => (await compile(name)).meta.all,
    async play(name, options = {}) {
      const { dialect, code } = await compile(name);
      const budget = options.budget ?? { total: null, spent: 0 };
      const script = { name, dialect, code, args: options.args, budget, nullStopsPipeline: true };
      return playScript((host) => pool.run(script, host, new AbortController().signal), script, options);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([compiler.close(), pool.close()]);
    },
  };
}

type Start = (host: Parameters<ReturnType<typeof createGuestPool>["run"]>[1]) => GuestRun;

async function playScript(start: Start, { budget }: GuestScript, options: PlayOptions): Promise<Play> {
  const calls: GuestCall[] = [];
  const phases: string[] = [];
  const { answer = madeUp, tokensPerCall = 0 } = options;
  const run = start({
    call(call) {
      calls.push(call);
      queueMicrotask(() => {
        run.spend({ total: budget.total, spent: budget.spent + calls.length * tokensPerCall });
        run.answer(call.index, answer(call));
      });
    },
    phase: (title) => void phases.push(title),
    log: () => undefined,
    waiting: () => undefined,
    started: () => undefined,
  });
  const ending = await run.ended;
  return { ending, result: ending.kind === "returned" ? ending.value : undefined, calls, phases };
}

/** Answers as a dry run does. */
export function madeUp(call: GuestCall): GuestAnswer {
  if (call.kind === "approve") return { kind: "value", value: call.options.default ?? true };
  if (call.kind === "workflow" || call.options.schema === undefined)
    return { kind: "value", value: "Made-up text." };
  const compiled = compileSchema(call.options.schema);
  if (compiled.kind === "refused") return { kind: "error", name: "TypeError", message: compiled.message };
  const value = makeUp(compiled.schema, `${call.prompt}\n${call.index}`);
  return value === undefined
    ? { kind: "error", name: "Error", message: "Nothing fits." }
    : { kind: "value", value };
}
