// Z5: random scripts, a few hundred pieces every time. LATHE_SANDBOX_ROUNDS runs as many scripts as it says instead.
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openScriptBench } from "../../testing.ts";
import { trial } from "../answer-calls.ts";
import { findOddities, watchBuiltIns } from "../host-integrity.ts";
import { outcomeOf } from "../outcome.ts";
import { runUnguarded } from "../unguarded/run-unguarded.ts";
import { brokenScript, piece, toScript, victim } from "./random-script.ts";

const rounds = Number(process.env.LATHE_SANDBOX_ROUNDS ?? 50);
const limits = { cpuMs: 500, memoryBytes: 256 * 1024 * 1024, wallMs: 60_000 };
// The watch looks now and then, and on a machine with much to do less often.
const cpuMarginMs = 5_000;
const memoryMargin = 1.25;

const bench = openScriptBench(limits);
afterAll(() => bench.close());

interface Finding {
  readonly kind: string;
  readonly wrong: readonly string[];
  readonly lookCount: number;
}

async function play(source: string): Promise<Finding> {
  const changes = watchBuiltIns();
  const result = await bench.run(source, trial);
  const { kind, code, detail } = outcomeOf(result);
  const wrong = [...changes()];
  if (kind === "escaped" || kind === "broken") wrong.push(`${kind} ${code} ${detail}`);
  if ("ending" in result) {
    const { usage } = result.ending;
    wrong.push(...findOddities(result, "no secret"));
    const texts = [detail, ...result.logs.map(({ text }) => text)];
    wrong.push(...texts.filter((text) => text.includes("ESCAPED") || text.includes("[object global]")));
    if (usage.cpuMs > limits.cpuMs + cpuMarginMs) wrong.push(`${usage.cpuMs} ms of processor time`);
    if (usage.memoryPeakBytes > limits.memoryBytes * memoryMargin)
      wrong.push(`${usage.memoryPeakBytes} bytes`);
  }
  return { kind, wrong, lookCount: kind === "safe" ? Number(detail.slice("safe ".length)) : 0 };
}

test("Z5: random scripts call nothing but what they are given, leave the host as it is, and end in their limits", {
  timeout: Math.max(300_000, rounds * 5_000),
}, async () => {
  const kinds = new Map<string, number>();
  let lookCount = 0;
  const pieces = fc.array(piece, { minLength: 4, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(pieces, async (some) => {
      const found = await play(toScript(some));
      kinds.set(found.kind, (kinds.get(found.kind) ?? 0) + 1);
      lookCount += found.lookCount;
      expect(found.wrong).toEqual([]);
    }),
    { numRuns: rounds, endOnFailure: false },
  );
  // Scripts that all fail at once would show nothing.
  expect(kinds.get("safe") ?? 0).toBeGreaterThan(rounds / 4);
  expect(lookCount).toBeGreaterThan(rounds * 10);
});

test("Z5: signs put into a script at random places do not let it out of its function", {
  timeout: Math.max(300_000, rounds * 5_000),
}, async () => {
  const kinds = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(brokenScript, async (source) => {
      const found = await play(source);
      kinds.set(found.kind, (kinds.get(found.kind) ?? 0) + 1);
      expect(found.wrong).toEqual([]);
    }),
    { numRuns: rounds * 3 },
  );
  expect(kinds.get("rejected") ?? 0).toBeGreaterThan(0);
  expect(kinds.get("safe") ?? 0).toBeGreaterThan(0);
});

test("outside of a strict function the broken script would say so", async () => {
  expect(await runUnguarded(victim)).toBe("safe [object global]");
});

test("a random script that is handed something else says so", async () => {
  const foreign = 'async () => { "own"; see(() => function () { return 1; }); }';
  const maker = 'async () => { "own"; see(() => ({ constructor: () => { "own"; return () => "6*7"; } })); }';
  const outside = 'async () => { "own"; see(() => ({ getBuiltinModule: (0, class {}) })); }';
  for (const [one, word] of [
    [foreign, "function"],
    [maker, "code"],
    [outside, "outside"],
  ] as const) {
    expect((await play(toScript([one]))).wrong).toEqual([`ESCAPED ${word}`]);
  }
});
