import { fakeClock, openMemoryStorage } from "@lathe/extension-kit/testing";
import { noUsage, type RunEvent, type Storage, type WorkflowEntry, type WorkflowFinish } from "@lathe/kernel";
import { expect, test } from "vitest";
import { createRunRedactor } from "../run-redactor.ts";
import { RunLogs } from "./run-logs.ts";

const redactor = createRunRedactor(undefined);
const phase = (title: string) => ({ type: "phase", runId: "run_1", title }) as const;
const finish: WorkflowFinish = {
  type: "workflow-finish",
  runId: "run_1",
  status: "stopped",
  result: null,
  error: null,
  usage: noUsage,
  agentCount: 0,
  cacheHitCount: 0,
  durationMs: 0,
};

test("events get dense positions in the order of the calls, and are shown after their commit", async () => {
  const storage = openMemoryStorage().namespace("workflow-engine");
  const logs = new RunLogs({ storage, clock: fakeClock(), redactor });
  const log = await logs.open("run_1");
  const shown: number[] = [];
  log.listen({ onEntry: ({ seq }) => shown.push(seq), onClosed: () => undefined });
  const first = log.append([phase("a"), phase("b")]);
  const second = log.append([phase("c")]);
  expect(log.nextSeq).toBe(4);
  expect(shown).toEqual([]);
  expect((await second).map(({ seq }) => seq)).toEqual([3]);
  expect((await first).map(({ seq }) => seq)).toEqual([1, 2]);
  expect(shown).toEqual([1, 2, 3]);
  const stored = await logs.entries("run_1", { afterSeq: 0, limit: 10 });
  expect(stored.map((entry) => (entry.type === "phase" ? entry.title : ""))).toEqual(["a", "b", "c"]);
});

test("F16s: once a commit has failed, nothing more is appended or shown", async () => {
  const store = openMemoryStorage();
  store.guardCommits(() => Promise.reject(new Error("full")));
  const storage = store.namespace("workflow-engine");
  const log = await new RunLogs({ storage, clock: fakeClock(), redactor }).open("run_1");
  const shown: WorkflowEntry[] = [];
  log.listen({ onEntry: (entry) => shown.push(entry), onClosed: () => undefined });
  await expect(log.append([phase("a")])).rejects.toThrow("full");
  await expect(log.append([phase("b")])).rejects.toThrow("full");
  expect(shown).toEqual([]);
});

test("whoever follows gets every entry once, whenever he comes, until the run is over", async () => {
  const logs = new RunLogs({
    storage: openMemoryStorage().namespace("workflow-engine"),
    clock: fakeClock(),
    redactor,
  });
  const log = await logs.open("run_1");
  const seen = new Map<string, number[]>();
  const ends: string[] = [];
  const follow = (name: string, afterSeq: number): void => {
    const seqs: number[] = [];
    seen.set(name, seqs);
    logs.subscribe("run_1", afterSeq, false, {
      onEvent: (event) => "seq" in event && seqs.push(event.seq),
      onEnd: (reason) => ends.push(`${name} ${reason}`),
    });
  };
  follow("early", 0);
  for (let count = 0; count < 20; count += 1) {
    const stored = log.append([phase(String(count))]);
    follow(`at ${count}`, Math.floor(count / 2));
    await stored;
  }
  await log.append([finish]);
  await expect.poll(() => ends.length).toBe(21);
  for (const [name, seqs] of seen) {
    const after = name === "early" ? 0 : Math.floor(Number(name.slice(3)) / 2);
    expect(seqs, name).toEqual(Array.from({ length: 21 - after }, (_, index) => after + index + 1));
  }
  expect(new Set(ends.map((end) => end.split(" ").at(-1)))).toEqual(new Set(["over"]));
});

test("a log that is let go of tells those who follow it to come again", async () => {
  const logs = new RunLogs({
    storage: openMemoryStorage().namespace("workflow-engine"),
    clock: fakeClock(),
    redactor,
  });
  const log = await logs.open("run_1");
  await log.append([phase("a")]);
  const ended = Promise.withResolvers<string>();
  const seen = Promise.withResolvers<void>();
  logs.subscribe("run_1", 0, false, { onEvent: () => seen.resolve(), onEnd: ended.resolve });
  await seen.promise;
  await expect.poll(async () => (await logs.open("run_1")) === log).toBe(true);
  logs.close("run_1");
  expect(await ended.promise).toBe("failed");
});

test("whoever comes between a commit and its news is shown it once, and holds up nobody", async () => {
  const store = openMemoryStorage();
  const storage = store.namespace("workflow-engine");
  const held = Promise.withResolvers<void>();
  const late: Storage = Object.create(storage, {
    // Durable, and readable, before whoever wrote it hears of it.
    commit: {
      value: async (...changes: Parameters<Storage["commit"]>) => {
        const outcome = await storage.commit(...changes);
        await held.promise;
        return outcome;
      },
    },
    list: { value: storage.list.bind(storage) },
  });
  const logs = new RunLogs({ storage: late, clock: fakeClock(), redactor });
  const log = await logs.open("run_1");
  const stored = log.append([phase("a")]);
  await expect.poll(async () => (await logs.entries("run_1", { afterSeq: 0, limit: 9 })).length).toBe(1);
  const seen: number[] = [];
  const onEvent = (event: RunEvent): unknown => "seq" in event && seen.push(event.seq);
  logs.subscribe("run_1", 0, false, { onEvent, onEnd: () => undefined });
  await expect.poll(() => seen).toEqual([1]);
  held.resolve();
  await stored;
  await log.append([phase("b")]);
  expect(seen).toEqual([1, 2]);
});
