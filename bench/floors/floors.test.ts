import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFakeModelServer } from "../fake-model-server.ts";
import { createHistory, lookUp, prompt } from "../harness/conversation.ts";
import type { SpawnedServer } from "../harness/spawned-server.ts";
import type { BenchTool, TurnResult } from "../subject.ts";
import { floorNames, loadSubject } from "../subjects.ts";

let server: SpawnedServer;
beforeAll(async () => {
  server = await startFakeModelServer();
});
afterAll(() => server.close());

interface Ran extends TurnResult {
  readonly streamed: string;
  readonly inputs: readonly unknown[];
}

async function runTurn(floor: string, model: string, historyCount = 0): Promise<Ran> {
  const inputs: unknown[] = [];
  const tool: BenchTool = {
    ...lookUp,
    execute: (input) => {
      inputs.push(input);
      return lookUp.execute(input);
    },
  };
  const session = await (await loadSubject(floor)).open(server.url, { tools: [tool], stateDir: "" });
  let streamed = "";
  const onText = (text: string): void => {
    streamed += text;
  };
  const result = await session.turn({ history: createHistory(historyCount), text: prompt, model, onText });
  await session.settle();
  await session.close();
  return { ...result, streamed, inputs };
}

describe.each(floorNames)("the floor on %s", (floor) => {
  test("answers without tools", async () => {
    expect(await runTurn(floor, "fake-chunks3-bytes2")).toEqual({
      text: "000102",
      streamed: "000102",
      usage: { inputTokens: 100, outputTokens: 3 },
      steps: 1,
      inputs: [],
    });
  });

  test("runs the tools of each step and adds up the usage", async () => {
    const ran = await runTurn(floor, "fake-steps2-calls2-chunks1");
    expect(ran).toMatchObject({ text: "0000", steps: 3, usage: { inputTokens: 300, outputTokens: 9 } });
    expect(ran.inputs).toEqual([
      { key: "step-0-call-0" },
      { key: "step-0-call-1" },
      { key: "step-1-call-0" },
      { key: "step-1-call-1" },
    ]);
  });

  test("fails where the server refuses", async () => {
    await expect(runTurn(floor, "unknown")).rejects.toThrow("404");
  });
});

test.each([
  ["fake-steps10", 0],
  ["fake-steps3-calls32", 10],
  ["fake-chunks20000", 0],
  ["fake-chunks5-delay1", 2000],
])("the floors give the same answer to %s after %d messages", async (model, historyCount) => {
  const [first, ...others] = await Promise.all(
    floorNames.map((floor) => runTurn(floor, model, historyCount)),
  );
  for (const other of others) expect(other).toEqual(first);
});
