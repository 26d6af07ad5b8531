import { afterAll, beforeAll, expect, test } from "vitest";
import { startFakeModelServer } from "../fake-model-server.ts";
import type { Phase } from "../harness/phase.ts";
import { runRounds, type Sample } from "../harness/rounds.ts";
import type { SpawnedServer } from "../harness/spawned-server.ts";

let server: SpawnedServer;
beforeAll(async () => {
  server = await startFakeModelServer();
});
afterAll(() => server.close());

const phase: Phase = {
  kind: "turns",
  model: "fake-steps2",
  historyCount: 2,
  concurrency: 2,
  warmUpCount: 1,
  count: 3,
};

test.each([
  true,
  false,
])("turns are measured with everything recorded, with a tool that changes something: %s", async (toolChanges) => {
  const seen: Sample[] = [];
  await runRounds({
    figures: [{ name: "turns", phases: { turns: phase }, rows: [], toolChanges }],
    subjects: ["lathe", "lathe-unrecorded"],
    roundCount: 1,
    baseUrl: server.url,
    prefix: [],
    onSample: (sample) => seen.push(sample),
  });
  expect(seen.map(({ subject, costs }) => [subject, (costs.turns?.cpuUs ?? 0) > 0])).toEqual([
    ["lathe", true],
    ["lathe-unrecorded", true],
  ]);
}, 60_000);
