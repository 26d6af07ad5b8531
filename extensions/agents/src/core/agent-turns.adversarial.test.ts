// Turns of agents that files define, and of conversations that narrow their agent; with crashes in between.
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProviderRequest, Tool } from "@lathe/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DiskAgentFiles } from "../edge/disk-agent-files.ts";
import { answers, hangs, openStage, type Stage, type Stream, sealedTurns } from "../testing/stage.ts";

let cwd: string;
let path: string;
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), "lathe-agents-")));
  await mkdir(join(cwd, ".lathe/agents"), { recursive: true });
  path = join(cwd, ".lathe/agents/scout.md");
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

function toolOf(name: string): Tool {
  return {
    name,
    description: "A tool.",
    parameters: { type: "object" },
    input: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
    concurrencySafe: true,
    readOnly: true,
    idempotent: true,
    timeoutMs: 0,
    execute: async () => ({ content: "" }),
  };
}

const tools = { read_file: toolOf("read_file"), write_file: toolOf("write_file"), look: toolOf("look") };

/** Notes what the model was asked, and then does as the stream does. */
function noted(asked: ProviderRequest[], stream: Stream): Stream {
  return (request) => {
    asked.push(request);
    return stream(request);
  };
}

async function openScout(text: string | undefined, conversation: object = {}): Promise<Stage> {
  if (text !== undefined) await writeFile(path, text);
  const files = new DiskAgentFiles(undefined);
  return openStage({ tools, files, conversation: { agent: "scout", cwd, ...conversation } });
}

function seen(
  { system, tools: told, settings }: ProviderRequest | undefined = {} as never,
): readonly unknown[] {
  return [system.split("\n")[0], told.map(({ name }) => name), settings];
}

async function endOf(stage: Stage): Promise<object | undefined> {
  return (await stage.entries()).findLast(({ type }) => type === "done");
}

const scout = (prompt: string, fields = "tools: Read, look"): string =>
  `---\nname: scout\n${fields}\n---\n${prompt}\n`;

test("an agent of a file runs as it stands there at the beginning of each turn", async () => {
  const stage = await openScout(scout("You are a scout."));
  const asked: ProviderRequest[] = [];
  stage.stream = noted(asked, answers);
  await stage.turns.send(stage.conversation.id, { text: "Go." });
  await sealedTurns(stage, 1);
  await writeFile(path, scout("You are another scout.", "tools: Write\neffort: low"));
  await stage.turns.send(stage.conversation.id, { text: "Go on." });
  await sealedTurns(stage, 2);
  expect(asked.map(seen)).toEqual([
    ["You are a scout.", ["look", "read_file"], {}],
    ["You are another scout.", ["write_file"], { effort: "low" }],
  ]);
});

test("what a conversation changes of its agent holds in every turn, and in one that goes on after a crash", async () => {
  const stage = await openScout(scout("You are a scout.", "effort: low"), {
    overrides: { tools: ["look", "absent"], effort: "max" },
  });
  const asked: ProviderRequest[] = [];
  stage.stream = noted(asked, hangs);
  await stage.turns.send(stage.conversation.id, { text: "Go." });
  await expect.poll(() => asked.length).toBe(1);
  stage.stream = noted(asked, answers);
  const next = stage.restart();
  expect(await next.recover()).toEqual({ continuedCount: 1, sealedCount: 0 });
  await next.continueAll();
  await sealedTurns(stage, 1);
  await next.send(stage.conversation.id, { text: "Go on." });
  await sealedTurns(stage, 2);
  const narrowed = ["You are a scout.", ["look"], { effort: "max" }];
  expect(asked.map(seen)).toEqual([narrowed, narrowed, narrowed]);
});

test("a turn whose agent is gone after a crash says so in its end, and its conversation takes the next message", async () => {
  const stage = await openScout(scout("You are a scout."));
  stage.stream = hangs;
  await stage.turns.send(stage.conversation.id, { text: "Go." });
  await rm(path);
  const next = stage.restart();
  await next.recover();
  await next.continueAll();
  expect(await endOf(stage)).toMatchObject({
    finishReason: "interrupted",
    failure: {
      kind: "internal",
      message: 'There is no agent named "scout". Agents that there are: default.',
    },
  });
  expect((await stage.types()).at(-1)).toBe("turn-sealed");
  await expect(next.send(stage.conversation.id, { text: "Again." })).rejects.toMatchObject({
    code: "unknown-agent",
  });
  await writeFile(path, scout("You are back."));
  stage.stream = answers;
  await next.send(stage.conversation.id, { text: "Again." });
  await sealedTurns(stage, 2);
  expect(await endOf(stage)).toMatchObject({ finishReason: "stop" });
});

test("a file that was broken while the daemon was away ends the turn with what is wrong with it", async () => {
  const stage = await openScout(scout("You are a scout."));
  stage.stream = hangs;
  await stage.turns.send(stage.conversation.id, { text: "Go." });
  await writeFile(path, "---\nname: scout\ntools: {a: b}\n---\nx\n");
  const next = stage.restart();
  await next.recover();
  await next.continueAll();
  expect(await endOf(stage)).toMatchObject({
    failure: { message: expect.stringContaining("`tools` is wrong") },
  });
});

test("a turn of an agent that nobody defines is refused, and nothing of it is stored", async () => {
  const stage = await openScout(undefined);
  const refusal = stage.turns.send(stage.conversation.id, { text: "Go." });
  await expect(refusal).rejects.toMatchObject({ code: "unknown-agent" });
  expect(await stage.types()).toEqual([]);
});

test("a turn of an agent of the configuration does not touch the disk, also after a crash", async () => {
  const files = { read: () => Promise.reject(new Error("The disk was touched.")) };
  const stage = await openStage({ files });
  stage.stream = hangs;
  await stage.turns.send(stage.conversation.id, { text: "Go." });
  stage.stream = answers;
  const next = stage.restart();
  await next.recover();
  await next.continueAll();
  await sealedTurns(stage, 1);
  expect(await endOf(stage)).toMatchObject({ finishReason: "stop" });
});
