import type { Conversation } from "@lathe/kernel";
import type { EntriesPage } from "@lathe/wire/operations";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { type DaemonProcess, killDaemonProcess, startDaemonProcess } from "../testing/daemon-process.ts";
import { type Ending, runLathe } from "../testing/lathe-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

vi.setConfig({ testTimeout: 60_000 });

let home: TemporaryHome;
let daemon: DaemonProcess;
beforeEach(async () => {
  home = await makeTemporaryHome();
  daemon = await startDaemonProcess(home);
});
afterEach(async () => {
  await killDaemonProcess(daemon);
  await home.remove();
});

function lathe(...argv: string[]): Promise<Ending> {
  const surroundings = { environment: home.environment, cwd: home.folder };
  return runLathe([...argv, "--state", home.stateFolder], surroundings);
}

/** A conversation of two turns. */
async function talk(): Promise<{ readonly id: string; readonly turnIds: readonly string[] }> {
  const { id } = await daemon.client.call<Conversation>("POST", "/api/conversations", { cwd: home.folder });
  for (const text of ["Hello", "And again"])
    expect(await lathe("run", text, "--conversation", id)).toMatchObject({ code: exitCodes.ok });
  return { id, turnIds: [...new Set((await entriesOf(id)).map(({ turnId }) => turnId))] };
}

async function entriesOf(id: string): Promise<EntriesPage["items"]> {
  return (await daemon.client.call<EntriesPage>("GET", `/api/conversations/${id}/entries?limit=1000`)).items;
}

test("S7: a fork shares everything, what came up to a turn, or what came up to a position", async () => {
  const { id, turnIds } = await talk();
  const entries = await entriesOf(id);
  const sealed = entries.find(({ type }) => type === "turn-sealed")?.seq ?? 0;
  const whole = await lathe("conversations", "fork", id);
  const [forkId = "", advice] = whole.stdout.split("\n");
  expect(whole).toMatchObject({ code: exitCodes.ok, stderr: "" });
  expect(advice).toContain(`run --conversation ${forkId}`);
  expect(await entriesOf(forkId)).toHaveLength(entries.length);

  const argv = ["--turn", turnIds[0] ?? "", "--model", "scripted/other", "--title", "Elsewhere", "--json"];
  const byTurn = await lathe("conversations", "fork", id, ...argv);
  const bySeq = await lathe("conversations", "fork", id, "--seq", String(sealed), "--json");
  expect(JSON.parse(byTurn.stdout)).toMatchObject({
    forkedFrom: { conversationId: id, seq: sealed },
    model: "scripted/other",
    title: "Elsewhere",
  });
  expect(JSON.parse(bySeq.stdout)).toMatchObject({ forkedFrom: { conversationId: id, seq: sealed } });
});

test("a conversation is listed by its first message until it is renamed", async () => {
  const { id } = await talk();
  expect((await lathe("conversations")).stdout).toMatch(/ Hello\n/);
  const renamed = await lathe("conversations", "rename", id, "--title", "Plans");
  expect(renamed).toMatchObject({ code: exitCodes.ok, stdout: `${id} is called: Plans\n` });
  expect((await lathe("conversations")).stdout).toMatch(/ Plans\n/);
  const nameless = await lathe("conversations", "rename", id);
  expect(nameless).toMatchObject({ code: exitCodes.usage, stderr: expect.stringContaining("--title TEXT") });
});

test("the list begins with the conversation that has the newest message, page by page", async () => {
  const begin = (title: string): Promise<Conversation> =>
    daemon.client.call("POST", "/api/conversations", { cwd: home.folder, title });
  const [older, newer] = [await begin("Older"), await begin("Newer")];
  await daemon.client.call("POST", `/api/conversations/${older.id}/messages`, { text: "Hello" });
  const first = await lathe("conversations", "--limit", "1");
  const cursor = /--cursor (\S+)/.exec(first.stdout)?.[1] ?? "";
  const rest = await lathe("conversations", "--limit", "1", "--cursor", cursor);
  expect([first.stdout, rest.stdout].map((text) => text.split(" ")[0])).toEqual([older.id, newer.id]);
  expect(rest.stdout).not.toContain("There are more");
});

test("S6: a conversation goes on from an earlier turn", async () => {
  const { id, turnIds } = await talk();
  const [first = ""] = turnIds;
  const restored = await lathe("conversations", "restore", id, "--turn", first);
  expect(restored).toMatchObject({ code: exitCodes.ok, stderr: "" });
  const last = (await entriesOf(id)).at(-1);
  expect(last).toMatchObject({ type: "restored", turnId: first });
  expect(restored.stdout).toMatch(
    new RegExp(`^${id} goes on from position \\d+, the end of ${first}\\.\\n$`),
  );
});

test("what there is not is said in one sentence, and a wrong command line is told from it", async () => {
  const { id } = await daemon.client.call<Conversation>("POST", "/api/conversations", { cwd: home.folder });
  const empty = await lathe("conversations", "fork", id);
  expect(empty.code).toBe(exitCodes.failed);
  expect(empty.stderr).toContain("so there is nothing to share");
  expect((await lathe("conversations", "restore", id, "--turn", "trn_none")).code).toBe(exitCodes.failed);
  for (const argv of [
    ["fork"],
    ["split", id],
    ["fork", id, "--turn", "trn_1", "--seq", "3"],
    ["fork", id, "--seq", "last"],
    ["fork", id, "--limit", "3"],
    ["restore", id],
    ["restore", id, "--turn", "trn_1", "--model", "a/b"],
    ["--turn", "trn_1"],
  ])
    expect((await lathe("conversations", ...argv)).code, argv.join(" ")).toBe(exitCodes.usage);
});
