import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createMemoryConversations,
  createMemorySnapshots,
  fakeContribution,
  fakeService,
  openMemoryStorage,
  openTestHost,
  realTimers,
  type TestHostOptions,
} from "@lathe/extension-kit/testing";
import {
  AgentDirectoryService,
  ConversationsService,
  type Provider,
  Providers,
  SnapshotsService,
  StorageService,
  TurnsService,
} from "@lathe/kernel";
import { Operations } from "@lathe/wire";
import { expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";
import { answers, hangs, type Stream } from "./testing/stage.ts";

async function surroundings(stream: Stream = answers) {
  const storage = openMemoryStorage().namespace("agents");
  const conversations = createMemoryConversations(storage);
  const draft = { owner: "local", title: null, agent: "default", model: null, cwd: "/tmp" };
  const { id } = await conversations.create(draft);
  const provider: Provider = { id: "test", models: async () => [], stream };
  const snapshots = createMemorySnapshots(storage);
  const options: TestHostOptions = {
    manifest,
    activate,
    config: { model: "test/model" },
    services: [
      fakeService(StorageService, storage),
      fakeService(ConversationsService, conversations),
      fakeService(SnapshotsService, snapshots),
    ],
    contributions: [fakeContribution(Providers, "test", provider)],
    powers: { timers: realTimers() },
  };
  const types = async () => {
    const entries = await conversations.entries(id, { sinceSeq: 0, limit: 1_000 });
    return entries.map((entry) => entry.type);
  };
  return { id, conversations, options, types };
}

test("it starts, offers turns and the operations of its manifest, and runs a turn", async () => {
  const { id, options, types } = await surroundings();
  await using host = await openTestHost(options);
  const operations = host.contributions(Operations).all();
  expect(operations.map(({ name }) => name)).toEqual([...manifest.contributes.operations].sort());
  await host.use(TurnsService).send(id, { text: "Hi." });
  await expect.poll(types).toEqual(["user-message", "turn-start", "step-complete", "done", "turn-sealed"]);
});

test("its close stops the turns that run, seals them, and leaves nothing", async () => {
  const { id, options, types } = await surroundings(hangs);
  const host = await openTestHost(options);
  const turns = host.use(TurnsService);
  await turns.send(id, { text: "Hang." });
  await host.close();
  expect((await types()).slice(-2)).toEqual(["done", "turn-sealed"]);
  await expect(turns.send(id, { text: "More." })).rejects.toMatchObject({ code: "draining" });
});

test("it goes on with what an earlier daemon left, and says how many turns that were", async () => {
  const { id, options, types } = await surroundings(hangs);
  const crashed = await openTestHost(options);
  await crashed.use(TurnsService).send(id, { text: "Hang." });
  const host = await openTestHost({
    ...options,
    contributions: [
      fakeContribution(Providers, "test", { id: "test", models: async () => [], stream: answers }),
    ],
  });
  await expect.poll(types).toEqual(["user-message", "turn-start", "step-complete", "done", "turn-sealed"]);
  expect(host.records).toContainEqual(
    expect.objectContaining({ level: "warn", attributes: { continuedCount: 1, sealedCount: 0 } }),
  );
  await host.close();
});

test("it starts over a store that takes no writes, and the turn that it could not seal is sealed later", async () => {
  const { id, conversations, options, types } = await surroundings(hangs);
  const crashed = await openTestHost(options);
  await crashed.use(TurnsService).send(id, { text: "Hang." });
  conversations.beforeAppend = () => {
    throw new Error("The disk is full.");
  };
  const config = { model: "test/model", agents: { default: { resume: "never" } } };
  await using host = await openTestHost({ ...options, config });
  expect(host.state.kind).toBe("active");
  conversations.beforeAppend = undefined;
  await host.use(TurnsService).send(id, { text: "Go on." });
  expect((await types()).slice(0, 5)).toEqual([
    "user-message",
    "turn-start",
    "done",
    "turn-sealed",
    "user-message",
  ]);
});

test("agents are found in the user's home and in the folder that is named, and others are told of them", async () => {
  const { options } = await surroundings();
  const top = await realpath(await mkdtemp(join(tmpdir(), "lathe-agents-")));
  try {
    const [home, cwd] = [join(top, "home"), join(top, "project")];
    for (const [folder, name] of [
      [join(home, ".claude/agents"), "mine"],
      [join(cwd, ".lathe/agents"), "ours"],
    ] as const) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "a.md"), `---\nname: ${name}\n---\nLook.\n`);
    }
    await using host = await openTestHost({ ...options, environment: { HOME: home } });
    const directory = host.use(AgentDirectoryService);
    const namesIn = async (folder: string) => (await directory.list(folder)).map(({ name }) => name);
    expect(await namesIn(cwd)).toEqual(["default", "mine", "ours"]);
    expect(await namesIn(home)).toEqual(["default", "mine"]);
    expect(await directory.resolve({ agent: "ours", cwd, model: "sonnet", overrides: null })).toMatchObject({
      name: "ours",
      model: "test/model",
    });
    const list = host.contributions(Operations).get("agents.list");
    expect(await list?.run({ cwd }, {} as never)).toMatchObject({
      items: [{ name: "default" }, { name: "mine" }, { name: "ours" }],
      failures: [],
    });
    expect(await list?.run({}, {} as never)).toMatchObject({
      items: [{ name: "default" }, { name: "mine" }],
    });
  } finally {
    await rm(top, { recursive: true });
  }
});

test("a configuration that is wrong makes it fail with the name of the field", async () => {
  const { options } = await surroundings();
  const config = { agents: { scout: { temprature: 1 } } };
  await using host = await openTestHost({ ...options, config, mayFail: true });
  expect(host.state).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("agents.scout.temprature"),
  });
});
