import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CuttingProxy } from "@lathe/client/testing";
import type { Conversation, Entry, Run } from "@lathe/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DaemonRecord, recordOfThisProcess, writeDaemonRecord } from "../daemon/daemon-record.ts";
import { exitCodes } from "../exit-codes.ts";
import { timers } from "../powers/timers.ts";
import { type DaemonProcess, killDaemonProcess, startDaemonProcess } from "../testing/daemon-process.ts";
import { type Ending, LatheProcess, runLathe } from "../testing/lathe-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

let home: TemporaryHome;
let daemon: DaemonProcess | undefined;
let network: CuttingProxy | undefined;
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(async () => {
  if (daemon !== undefined) await killDaemonProcess(daemon);
  daemon = undefined;
  await breakNetwork();
  await home.remove();
});

const surroundings = () => ({ environment: home.environment, cwd: home.folder });
const words = Array.from({ length: 200 }, (_, index) => `word-${index} `);
const answered = `${words.join("")}\n`;

function lathe(...argv: string[]): Promise<Ending> {
  return runLathe([...argv, "--state", home.stateFolder], surroundings());
}

function argvOf(conversationId: string, step: object): string[] {
  const script = JSON.stringify({ steps: [step] });
  return ["run", script, "--model", "scripted/script", "--conversation", conversationId];
}

async function configure(extensions: object): Promise<void> {
  const folder = join(home.folder, ".config", "lathe");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "lathe.json"), JSON.stringify({ extensions }));
}

/** A daemon that is found behind a network that breaks. */
async function startBehind(cuts: readonly number[]): Promise<{ daemon: DaemonProcess; proxy: CuttingProxy }> {
  const proxy = await CuttingProxy.open(undefined, cuts);
  network = proxy;
  await configure({ "transport-http": { allowedHosts: [new URL(proxy.url).host] } });
  daemon = await startDaemonProcess(home);
  proxy.port = Number(new URL(daemon.url).port);
  const path = join(home.stateFolder, "daemon.json");
  const record = JSON.parse(await readFile(path, "utf8")) as DaemonRecord;
  writeDaemonRecord(home.stateFolder, { ...record, url: proxy.url });
  return { daemon, proxy };
}

async function breakNetwork(): Promise<void> {
  await network?.[Symbol.asyncDispose]();
  network = undefined;
}

async function beginConversation({ client }: DaemonProcess): Promise<string> {
  return (await client.call<Conversation>("POST", "/api/conversations", { cwd: home.folder })).id;
}

async function messageCountOf({ client }: DaemonProcess, id: string): Promise<number> {
  const path = `/api/conversations/${id}/entries?limit=1000`;
  const { items } = await client.call<{ items: readonly Entry[] }>("GET", path);
  return items.filter(({ type }) => type === "user-message").length;
}

test("a connection that breaks in the middle of the answer is made again, and the answer is whole", async () => {
  const { daemon, proxy } = await startBehind([1_500, 3_000]);
  const id = await beginConversation(daemon);
  const { code, stdout } = await lathe(...argvOf(id, { text: words }));
  expect([code, stdout]).toEqual([exitCodes.ok, answered]);
  expect([proxy.cutCount, await messageCountOf(daemon, id)]).toEqual([2, 1]);
});

test("a message whose answer was lost is sent again, and is one turn", async () => {
  const { daemon, proxy } = await startBehind([0]);
  const id = await beginConversation(daemon);
  const { code, stdout } = await lathe(...argvOf(id, { text: words }));
  expect([code, stdout]).toEqual([exitCodes.ok, answered]);
  expect([proxy.cutCount, await messageCountOf(daemon, id)]).toEqual([1, 1]);
});

test("a conversation whose beginning was not answered is asked for again, and is one", async () => {
  const { daemon, proxy } = await startBehind([0]);
  const { code } = await lathe("run", "Hello");
  const { items } = await daemon.client.call<{ items: readonly Conversation[] }>("GET", "/api/conversations");
  expect([code, proxy.cutCount, items.length]).toEqual([exitCodes.ok, 1, 1]);
  expect(await messageCountOf(daemon, items[0]?.id ?? "")).toBe(1);
});

test("a run is followed over broken connections, each event once", async () => {
  const { daemon, proxy } = await startBehind([]);
  const id = await beginConversation(daemon);
  await lathe(...argvOf(id, { text: words }));
  const { items } = await daemon.client.call<{ items: readonly Run[] }>("GET", "/api/runs");
  proxy.cuts.push(1_000, 2_000);
  const { code, stdout } = await lathe("runs", "follow", items[0]?.id ?? "", "--json");
  const events = stdout.trimEnd().split("\n");
  const seqs = events.map((line) => (JSON.parse(line) as Entry).seq).filter((seq) => seq !== undefined);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  expect([code, JSON.parse(events.at(-1) ?? "")]).toMatchObject([exitCodes.ok, { type: "turn-sealed" }]);
  expect(proxy.cutCount).toBe(2);
});

test("where the daemon leaves before all was shown, the next one shows the rest, and nothing is asked twice", async () => {
  const { daemon } = await startBehind([]);
  const id = await beginConversation(daemon);
  const argv = [...argvOf(id, { text: "Half", hang: "after-deltas" }), "--state", home.stateFolder];
  const process = new LatheProcess(argv, surroundings());
  await process.printed(/Half/);
  await breakNetwork();
  await daemon.client.call("POST", `/api/conversations/${id}/stop`);
  daemon.process.kill("SIGTERM");
  const { code, stdout, stderr } = await process.ended();
  expect([code, stdout]).toEqual([exitCodes.failed, "Half\n"]);
  expect(stderr).toContain("The turn was stopped.");
  const after = await startDaemonProcess(home);
  expect(await messageCountOf(after, id)).toBe(1);
  await killDaemonProcess(after);
});

test("a daemon that died and is started again goes on with the answer", async () => {
  const died = await startDaemonProcess(home);
  const id = await beginConversation(died);
  const argv = [...argvOf(id, { text: "Half", hang: "after-deltas" }), "--state", home.stateFolder];
  const process = new LatheProcess(argv, surroundings());
  await process.printed(/Half/);
  await killDaemonProcess(died);
  // As whatever supervises it does: the next one takes its place, and is ready when it is.
  writeDaemonRecord(home.stateFolder, recordOfThisProcess(null, "0.1.0", 0));
  daemon = await startDaemonProcess(home);
  const { client } = daemon;
  while ((await client.call<{ stopped: boolean }>("POST", `/api/conversations/${id}/stop`)).stopped === false)
    await timers.sleep(20);
  const { code, stdout, stderr } = await process.ended();
  expect([code, stdout]).toEqual([exitCodes.failed, "Half\n"]);
  expect(stderr).toContain("The turn was stopped.");
  expect(await messageCountOf(daemon, id)).toBe(1);
});

test("Ctrl-C while no daemon is there stops the turn that the next one goes on with", async () => {
  const died = await startDaemonProcess(home);
  const id = await beginConversation(died);
  const argv = [...argvOf(id, { text: "Half", hang: "after-deltas" }), "--state", home.stateFolder];
  const process = new LatheProcess(argv, surroundings());
  await process.printed(/Half/);
  await killDaemonProcess(died);
  writeDaemonRecord(home.stateFolder, recordOfThisProcess(null, "0.1.0", 0));
  process.kill("SIGINT");
  daemon = await startDaemonProcess(home);
  const { code, stdout, stderr } = await process.ended();
  expect([code, stdout]).toEqual([exitCodes.interrupted, "Half\n"]);
  expect(stderr).toContain("The turn was stopped.");
});

test("without the extension that knows runs a message is answered all the same", async () => {
  await configure({ "run-registry": { enabled: false } });
  const script = JSON.stringify({ steps: [{ text: ["It is ", "b.txt."] }] });
  const { code, stdout } = await lathe("run", script, "--model", "scripted/script");
  expect([code, stdout]).toEqual([exitCodes.ok, "It is b.txt.\n"]);
});
