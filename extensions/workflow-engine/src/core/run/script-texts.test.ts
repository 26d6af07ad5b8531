import { openMemoryStorage } from "@lathe/extension-kit/testing";
import type { Storage } from "@lathe/kernel";
import { beforeEach, expect, test } from "vitest";
import { scriptUseKey } from "../log/keys.ts";
import { ScriptTexts } from "./script-texts.ts";

const source = "return 1;";
let storage: Storage;
let texts: ScriptTexts;
let hash: string;

beforeEach(async () => {
  storage = openMemoryStorage().namespace("workflow-engine");
  texts = new ScriptTexts(storage);
  hash = await storage.blobs.put(Buffer.from(source));
  await storage.blobs.delete(hash);
});

async function begin(runId: string, meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
  await texts.keepFor(hash, source, async () => {
    await meanwhile();
    await storage.commit({ puts: [{ key: scriptUseKey(hash, runId), value: null }] });
  });
}

async function end(runId: string): Promise<void> {
  await storage.commit({ deletes: [scriptUseKey(hash, runId)] });
  await texts.giveUp(hash);
}

test("a text is kept until the last run of it has gone", async () => {
  await begin("run_1");
  await begin("run_2");
  await end("run_1");
  expect(await texts.get(hash)).toBe(source);
  await end("run_2");
  expect(await texts.get(hash)).toBeUndefined();
});

test("the last run of a text goes while the next one begins: the text stays", async () => {
  await begin("run_1");
  await begin("run_2", () => end("run_1"));
  expect(await texts.get(hash)).toBe(source);
  await end("run_2");
  expect(await texts.get(hash)).toBeUndefined();
});

test("a run that begins while the text is being given up finds it there afterwards", async () => {
  const asked = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  texts = new ScriptTexts({
    blobs: storage.blobs,
    list: async (query) => {
      const uses = await storage.list(query);
      asked.resolve();
      await told.promise;
      return uses;
    },
  });
  await begin("run_1");
  const gone = end("run_1");
  await asked.promise;
  const begun = ["run_2", "run_3"].map((id) => begin(id));
  told.resolve();
  await Promise.all([gone, ...begun]);
  expect(await texts.get(hash)).toBe(source);
});

test("a beginning that fails leaves the text to those that go", async () => {
  await begin("run_1");
  await expect(begin("run_2", () => Promise.reject(new Error("full")))).rejects.toThrow("full");
  await end("run_1");
  expect(await texts.get(hash)).toBeUndefined();
});

test("a text that cannot be removed keeps nobody from beginning", async () => {
  await begin("run_1");
  texts = new ScriptTexts({ blobs: storage.blobs, list: () => Promise.reject(new Error("no disk")) });
  await expect(end("run_1")).rejects.toThrow("no disk");
  await begin("run_2");
  expect(await texts.get(hash)).toBe(source);
});
