// S3, G8, the law: for random turns, and for every moment at which a connection can break, what a client folds from what it
// was given is what one who never left folds, and what the entries fold to; over server-sent events and over WebSocket.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { playRound, type RoundReport } from "../testing/law/law-round.ts";
import { PlannedModel } from "../testing/law/planned-model.ts";
import { roundPlan } from "../testing/law/turn-plans.ts";
import { Stage } from "../testing/stage.ts";

/** Rounds of three conversations at once, with some four turns in each. */
const roundCount = Number(process.env.LATHE_LAW_ROUNDS ?? 10);
const conversationCount = 3;

vi.setConfig({ testTimeout: Math.max(180_000, roundCount * 15_000), hookTimeout: 60_000 });

let stage: Stage;
let daemon: DaemonProcess;
const model = new PlannedModel();
beforeAll(async () => {
  const agent = {
    retry: { delaysMs: [2, 5], sleptMsMax: 8 },
    fallbackModels: ["openai/spare"],
    limits: { idleMs: 60_000 },
  };
  stage = await Stage.open({ config: { agents: { default: agent } } });
  stage.server.otherwise = model.answer;
  daemon = await stage.start();
});
afterAll(() => stage.close());

test(`S3, G8: in ${roundCount} rounds of ${conversationCount} conversations, everyone shows the same whenever nothing moves, and in the end`, async () => {
  const reports: RoundReport[] = [];
  const round = fc.array(roundPlan, { minLength: conversationCount, maxLength: conversationCount });
  await fc.assert(
    fc.asyncProperty(round, async (plans) => {
      const desk = { daemon, model, cwd: stage.workFolder };
      reports.push(...(await Promise.all(plans.map((plan) => playRound(plan, desk)))));
      stage.server.requests.length = 0;
    }),
    { numRuns: roundCount, endOnFailure: true, asyncReporter: reportSeed },
  );
  expectMuchSeen(reports);
  const cuts = tally(reports.flatMap(({ cuts }) => cuts));
  const turnCount = sum(reports.map((report) => report.turnCount));
  const comparisonCount = sum(reports.map((report) => report.comparisonCount));
  const cutCount = sum([...cuts.values()]);
  expect(daemon.process.stderr).not.toMatch(/broken|unhandled/i);
  expect(cutCount).toBeGreaterThan(3 * turnCount);
  expect(comparisonCount).toBeGreaterThan(roundCount);
  for (const moment of ["open", "bytes", "text-delta", "tool-trace-finish", "step-complete"])
    for (const transport of ["sse", "websocket"])
      expect([...cuts.keys()]).toContain(`${transport} ${moment}`);
  if (process.env.LATHE_LAW_ROUNDS !== undefined) {
    process.stdout.write(`${turnCount} turns, ${cutCount} disconnects, ${comparisonCount} quiet points\n`);
    process.stdout.write(`${JSON.stringify(Object.fromEntries([...cuts].toSorted()), undefined, 2)}\n`);
  }
});

/** The plans themselves fill pages; the seed brings them back. */
async function reportSeed<Plans>(details: fc.RunDetails<Plans>): Promise<void> {
  if (!details.failed) return;
  const { seed, counterexamplePath, errorInstance } = details;
  throw new Error(`Run it again with { seed: ${seed}, path: "${counterexamplePath}" }: ${errorInstance}`, {
    cause: errorInstance,
  });
}

/** Turns of every kind were among them. */
function expectMuchSeen(reports: readonly RoundReport[]): void {
  const seen = new Set(reports.flatMap(({ seen: types }) => [...types]));
  expect([...seen].toSorted()).toEqual(
    expect.arrayContaining([
      "model-fallback",
      "provider-retry",
      "reasoning-delta",
      "restored",
      "tool-trace-finish",
    ]),
  );
  const entries = reports.flatMap((report) => report.entries);
  const endings = new Set(entries.flatMap((entry) => (entry.type === "done" ? [entry.finishReason] : [])));
  expect([...endings].toSorted()).toEqual(expect.arrayContaining(["aborted", "error", "stop"]));
  const callCounts = entries.map((entry) => (entry.type === "step-complete" ? entry.toolCalls.length : 0));
  expect(Math.max(...callCounts)).toBeGreaterThan(2);
}

function tally(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
