import { afterAll, beforeAll, expect, test } from "vitest";
import { parseModelName } from "./fake-model/answer-plan.ts";
import { startFakeModelServer } from "./fake-model-server.ts";
import { listFigures } from "./figures.ts";
import type { Phase } from "./harness/phase.ts";
import { createPhaseWork } from "./harness/phase-work.ts";
import { runRounds, type Sample } from "./harness/rounds.ts";
import type { SpawnedServer } from "./harness/spawned-server.ts";
import type { Session } from "./subject.ts";
import { floorNames } from "./subjects.ts";

let server: SpawnedServer;
beforeAll(async () => {
  server = await startFakeModelServer();
});
afterAll(() => server.close());

const phase: Phase = {
  kind: "turns",
  model: "fake",
  historyCount: 2,
  concurrency: 2,
  warmUpCount: 1,
  count: 3,
};

test("each subject is measured once a round, next to the others, in a process of its own", async () => {
  const seen: Sample[] = [];
  await runRounds({
    figures: [{ name: "both", phases: { turns: phase, posts: { ...phase, kind: "posts" } }, rows: [] }],
    subjects: floorNames,
    roundCount: 2,
    baseUrl: server.url,
    prefix: [],
    onSample: (sample) => seen.push(sample),
  });
  expect(seen.map(({ round, subject }) => `${round} ${subject}`)).toEqual([
    "0 fetch",
    "0 undici",
    "1 fetch",
    "1 undici",
  ]);
  for (const { costs } of seen) {
    expect(Object.keys(costs)).toEqual(["turns", "posts"]);
    for (const cost of Object.values(costs))
      for (const value of Object.values(cost)) expect(value).toBeGreaterThan(0);
  }
});

test("a subject that fails is named", async () => {
  const figures = [{ name: "broken", phases: { turns: { ...phase, model: "real" } }, rows: [] }];
  const settings = {
    figures,
    subjects: ["fetch"],
    roundCount: 1,
    baseUrl: server.url,
    prefix: [],
    onSample: () => {},
  };
  await expect(runRounds(settings)).rejects.toThrow('fetch did not complete "broken"');
});

test.each([
  ["leaves out a step", { text: "0000", steps: 1 }, "0000"],
  ["loses text", { text: "", steps: 2 }, ""],
  ["does not stream", { text: "0000", steps: 2 }, ""],
])("a subject that %s is caught", async (_, answer, streamed) => {
  const session: Session = {
    turn: ({ onText }) => {
      onText(streamed);
      return Promise.resolve({ ...answer, usage: { inputTokens: 0, outputTokens: 0 } });
    },
    settle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const work = await createPhaseWork({ ...phase, model: "fake-steps1-chunks1" }, session, server.url);
  await expect(work.run()).rejects.toThrow();
});

test.each([
  true,
  false,
])("figures have names of their own, models and rows that fit (quick: %s)", (isQuick) => {
  const figures = listFigures(isQuick);
  const rows = figures.flatMap((figure) => figure.rows.map((row) => row.name));
  expect(new Set(figures.map((figure) => figure.name)).size).toBe(figures.length);
  expect(new Set(rows).size).toBe(rows.length);
  for (const { phases, rows: ofFigure, comparisons } of figures) {
    for (const { model } of Object.values(phases)) expect(parseModelName(model)).toBeDefined();
    for (const { weights } of ofFigure)
      expect(Object.keys(phases)).toEqual(expect.arrayContaining(Object.keys(weights)));
    for (const { over, under } of comparisons ?? [])
      expect(rows).toEqual(expect.arrayContaining([over, under]));
  }
});
