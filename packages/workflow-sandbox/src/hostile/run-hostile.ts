// Runs hostile scripts, some at a time, and says how each ended and whether the host noticed.
import { performance } from "node:perf_hooks";
import type { GuestLimits, GuestUsage } from "../contract.ts";
import { openScriptBench, type ScriptBench } from "../testing.ts";
import { trial } from "./answer-calls.ts";
import { findOddities, watchBuiltIns } from "./host-integrity.ts";
import type { HostileScript } from "./hostile-script.ts";
import { isExpected, type Outcome, outcomeOf } from "./outcome.ts";

export interface HostileResult {
  readonly script: HostileScript;
  readonly outcome: Outcome;
  /** What the host noticed: empty, or it is no good ending. */
  readonly oddities: readonly string[];
  readonly isRight: boolean;
  /** By performance.now(). */
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly usage: GuestUsage | null;
}

export interface HostileRunOptions {
  /** For scripts that may be ended by it; all others have more than enough, on a slow machine too. */
  readonly cpuMs: number;
  readonly atOnceCount: number;
  readonly onResult?: (result: HostileResult) => void;
}

// Whoever waits for nothing is found out at once, so the time on the wall is for those that nobody found out.
const generousLimits: Partial<GuestLimits> = { cpuMs: 60_000, wallMs: 120_000 };

const secretName = "LATHE_HOSTILE_SECRET";

export async function runHostile(
  scripts: readonly HostileScript[],
  { cpuMs, atOnceCount, onResult }: HostileRunOptions,
): Promise<readonly HostileResult[]> {
  const benches = new Map<string, ScriptBench>();
  const secret = crypto.randomUUID();
  process.env[secretName] = secret;
  const changesSince = watchBuiltIns();
  const results: HostileResult[] = [];
  const open = [...scripts];

  function benchFor(script: HostileScript): ScriptBench {
    const limits = { ...generousLimits, ...(mayUseItsTime(script) && { cpuMs }), ...script.limits };
    const key = JSON.stringify(limits);
    const bench = benches.get(key) ?? openScriptBench(limits);
    benches.set(key, bench);
    return bench;
  }

  async function runOne(script: HostileScript): Promise<void> {
    const startedAtMs = performance.now();
    const result = await benchFor(script).run(script.source, trial);
    const tookMs = performance.now() - startedAtMs;
    const outcome = outcomeOf(result);
    const isTrace = "ending" in result;
    const oddities = [...changesSince(), ...(isTrace ? findOddities(result, secret) : [])];
    const isRight = oddities.length === 0 && isExpected(outcome, script.expected);
    const usage = isTrace ? result.ending.usage : null;
    const whole = { script, outcome, oddities, isRight, startedAtMs, tookMs, usage };
    results.push(whole);
    onResult?.(whole);
  }

  async function runSome(): Promise<void> {
    for (let script = open.shift(); script !== undefined; script = open.shift()) await runOne(script);
  }

  try {
    await Promise.all(Array.from({ length: atOnceCount }, runSome));
  } finally {
    Reflect.deleteProperty(process.env, secretName);
    await Promise.all([...benches.values()].map((bench) => bench.close()));
  }
  return results;
}

function mayUseItsTime({ expected }: HostileScript): boolean {
  return expected.some((one) => one === "limited" || one === "limited:cpu-limit");
}

/** One line for somebody who looks for what went wrong. */
export function explain({ script, outcome, oddities }: HostileResult): string {
  const { kind, code, detail } = outcome;
  const seen = [kind, code].filter(Boolean).join(":");
  return `${script.name}: expected ${script.expected.join(" or ")}, was ${seen} (${detail})${oddities.map((one) => `; ${one}`).join("")}`;
}
