import { openMemoryStorage } from "@lathe/extension-kit/testing";
import { expect, test } from "vitest";
import { pruneCache } from "./prune-cache.ts";
import { type KeptAnswer, type Site, StepCache } from "./step-cache.ts";

const parts: Site = { prompt: "p", model: "m", agent: "a", schema: "", options: "o", files: "" };
const never = new AbortController().signal;

function answerOf(owner: string, key: string, atMs: number): KeptAnswer {
  return { key, owner, workflow: "w", value: "said", mayWrite: false, runId: "run_1", atMs };
}

test("answers that are too old go, whosever they are, with what was asked at their places; others stay", async () => {
  const storage = openMemoryStorage().namespace("workflow-engine");
  const cache = new StepCache(storage, new Uint8Array(32));
  for (const owner of ["ann", "bob"]) {
    for (let atMs = 0; atMs < 1_200; atMs += 1) {
      const puts = cache.puts(answerOf(owner, `key ${atMs}`, atMs), `site ${atMs}`, parts);
      await storage.commit({ puts });
    }
  }
  expect(await pruneCache(storage, 1_000, never)).toMatchObject({ removedCount: 2_000 });
  const lookup = { parts, trusts: false };
  for (const owner of ["ann", "bob"]) {
    expect(await cache.find(owner, "key 999", { site: "site 999", ...lookup })).toEqual({
      kind: "miss",
      reason: "first",
    });
    expect(await cache.find(owner, "key 1000", { site: "site 1000", ...lookup })).toMatchObject({
      kind: "hit",
    });
  }
  expect(await storage.list({ prefix: [], limit: 1_000 })).toHaveLength(800);
});

test("an abort ends it between two commits", async () => {
  const storage = openMemoryStorage().namespace("workflow-engine");
  const cache = new StepCache(storage, new Uint8Array(32));
  await storage.commit({ puts: cache.puts(answerOf("ann", "key", 0), "site", parts) });
  expect(await pruneCache(storage, 1, AbortSignal.abort())).toEqual({ removedCount: 0, freedBytes: 0 });
  expect(await storage.list({ prefix: [], limit: 10 })).toHaveLength(2);
});
