// What a turn took, or the part of it that is compared.
import type { Usage } from "@lathe/kernel";
import type { StepView, TurnView } from "@lathe/wire";

export interface TurnFacts {
  /** `provider/model` of each step, each once, in order; before the first step that of the turn. */
  readonly models: readonly string[];
  readonly stepCount: number;
  /** Null where it is not known yet. */
  readonly durationMs: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** The share of the input that came from the cache, from 0 to 1; null where it was not reported. */
  readonly cacheHitRate: number | null;
}

/** Of the steps that are there and complete: of a turn that is cut in two, or that runs, these are not all. */
export function factsOf(turn: TurnView): TurnFacts {
  const { steps, model, done } = turn;
  const complete = steps.filter((step) => step.complete);
  const writers = steps.map(({ provider, model: written }) => `${provider}/${written}`);
  const models = [...new Set(writers.length > 0 || model === null ? writers : [model])];
  const tookMs = complete.reduce((sum, { metrics }) => sum + (metrics?.totalMs ?? 0), 0);
  const inputTokens = sumOf(complete, "inputTokens");
  const cacheReadTokens = sumOf(complete, "cacheReadTokens");
  return {
    models,
    stepCount: complete.length,
    durationMs: done !== null && !isContinued(turn) ? done.durationMs : complete.length === 0 ? null : tookMs,
    inputTokens,
    outputTokens: sumOf(complete, "outputTokens"),
    cacheHitRate:
      inputTokens === null || cacheReadTokens === null || inputTokens === 0
        ? null
        : Math.min(1, cacheReadTokens / inputTokens),
  };
}

/** Null where no step has reported it. */
function sumOf(steps: readonly StepView[], field: keyof Usage): number | null {
  const known = steps.flatMap(({ usage }) => usage?.[field] ?? []);
  return known.length === 0 ? null : known.reduce((sum, amount) => sum + amount, 0);
}

/** Its beginning, with the message, stands before what was read: both conversations have it in common. */
export function isContinued({ startedAtMs }: TurnView): boolean {
  return startedAtMs === null;
}
