// What a run leaves behind when it is deleted, and when its script is lost: nothing that runs, and nothing that is hidden.
import type { Conversation, Key, Run } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { play } from "../../testing/workflows/prompted-model.ts";
import { ofType, script, WorkflowStage } from "../../testing/workflows/workflow-stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: WorkflowStage;
beforeEach(async () => {
  stage = await WorkflowStage.open();
});
afterEach(() => stage.close());

const inner = `export const meta = { name: "inner", description: "x" };
return [await agent("say inner"), await agent(args ?? "say more")];`;
const outer = script(
  `return [await agent("say outer"), await workflow({ script: ${JSON.stringify(inner)} }, args)];`,
);

async function childrenOf(id: string): Promise<readonly Run[]> {
  return (await stage.local.json<Page<Run>>("GET", `/api/runs?parent=${id}&limit=100`)).items;
}

async function status(path: string): Promise<number> {
  return (await stage.local.fetch("GET", path)).status;
}

test("deleting a run takes along its agents with their conversations, and the workflows nested in it", async () => {
  const { run } = await stage.local.run(outer);
  const direct = await childrenOf(run.id);
  const [nested] = direct.filter(({ kind }) => kind === "workflow");
  const all = [...direct, ...(await childrenOf(nested?.id ?? ""))];
  const conversations = all.flatMap(({ conversationId }) => conversationId ?? []);
  expect([all.length, conversations.length]).toEqual([4, 3]);
  for (const id of conversations)
    expect(await stage.local.json<Conversation>("GET", `/api/conversations/${id}`)).toMatchObject({
      parentRunId: expect.stringMatching(/^run_/),
    });
  expect((await stage.local.fetch("DELETE", `/api/runs/${run.id}`)).status).toBe(204);
  for (const { id } of [run, ...all]) expect(await status(`/api/runs/${id}`)).toBe(404);
  for (const id of conversations) expect(await status(`/api/conversations/${id}`)).toBe(404);
  // What is left was not the run's: answers in the cache, and what was asked where.
  const left = await stage.kept.list({ prefix: [], limit: 100 });
  expect(left.filter(({ key }) => !isOfTheCache(key))).toEqual([]);
});

test("a run that is deleted leaves its script to others, and what they have taken from it", async () => {
  const { run } = await stage.local.run(outer);
  const resumed = await stage.local.run({ resumeFrom: run.id });
  expect(ofType(resumed.entries, "cache-hit").map(({ reason }) => reason)).toEqual(["resumed-run"]);
  expect((await stage.local.fetch("DELETE", `/api/runs/${run.id}`)).status).toBe(204);
  const again = await stage.local.run({ resumeFrom: resumed.run.id });
  expect(again.run).toMatchObject({ status: "succeeded", result: run.result });
});

test("a run whose script is lost fails, and stops what it had started", async () => {
  const held = play({ hold: "inner", text: "too late", tokens: [40, 2] });
  const { id } = await stage.local.start({ script: outer, args: held });
  await stage.model.reached("inner");
  const row = await stage.kept.get(["run", id]);
  const { scriptHash } = row?.value as { readonly scriptHash: string };
  await stage.kept.blobs.delete(scriptHash);
  await stage.restart();
  const { run, entries } = await stage.local.ended(id);
  expect(run).toMatchObject({ status: "failed", error: { code: "script-lost" } });
  expect(ofType(entries, "workflow-finish")).toHaveLength(1);
  expect(entries.at(-1)?.type).toBe("workflow-finish");
  const direct = await childrenOf(id);
  const [nested] = direct.filter(({ kind }) => kind === "workflow");
  const below = await childrenOf(nested?.id ?? "");
  expect(nested?.status).toBe("stopped");
  expect([...direct, ...below].filter(({ endedAtMs }) => endedAtMs === null)).toEqual([]);
  // The two that had answered were paid for.
  expect(run.usage).toMatchObject({ inputTokens: 10, outputTokens: 6 });
});

test("a run that is stopped says at its end what it has used, as its usage does", async () => {
  const work = play(
    { calls: [{ name: "list_files", input: { path: "." } }], tokens: [70, 30] },
    { hold: "work", text: "late" },
  );
  const { id } = await stage.local.start(script(`return agent(${JSON.stringify(work)});`));
  await stage.model.reached("work");
  await stage.local.fetch("POST", `/api/runs/${id}/stop`);
  const { run, entries } = await stage.local.ended(id);
  expect(run).toMatchObject({ status: "stopped", usage: { inputTokens: 70, outputTokens: 30 } });
  expect(ofType(entries, "budget").at(-1)).toMatchObject({ spentTokens: 100 });
});

function isOfTheCache([kind]: Key): boolean {
  return kind === "cache" || kind === "site";
}
