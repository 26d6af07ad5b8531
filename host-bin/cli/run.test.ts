import { chmod, mkdir } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ConversationEvent } from "@lathe/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordOfThisProcess, removeDaemonRecord, writeDaemonRecord } from "../daemon/daemon-record.ts";
import { exitCodes } from "../exit-codes.ts";
import { type DaemonProcess, killDaemonProcess, startDaemonProcess } from "../testing/daemon-process.ts";
import { type Ending, LatheProcess, runLathe } from "../testing/lathe-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

let home: TemporaryHome;
const daemons: DaemonProcess[] = [];
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(async () => {
  await Promise.all(daemons.splice(0).map(killDaemonProcess));
  await home.remove();
});

async function startDaemon(): Promise<DaemonProcess> {
  const daemon = await startDaemonProcess(home);
  daemons.push(daemon);
  return daemon;
}

const surroundings = () => ({ environment: home.environment, cwd: home.folder });
const script = (...steps: object[]): string => JSON.stringify({ steps });

function argvOf(prompt: string, ...options: string[]): string[] {
  return ["run", prompt, "--model", "scripted/script", "--state", home.stateFolder, ...options];
}

function run(prompt: string, ...options: string[]): Promise<Ending> {
  return runLathe(argvOf(prompt, ...options), surroundings());
}

test("without a daemon one is started for the call, and its answer is on standard output alone", async () => {
  const { code, stdout, stderr } = await run(script({ text: ["It is ", "b.txt."] }));
  expect(stdout).toBe("It is b.txt.\n");
  expect(stderr).toMatch(/Go on with: lathe run --conversation cnv_/);
  expect(code).toBe(exitCodes.ok);
});

test("what is to be copied begins as the call itself began", async () => {
  const environment = { ...home.environment, npm_command: "exec" };
  const { stderr } = await runLathe(argvOf(script({ text: "One." })), { ...surroundings(), environment });
  expect(stderr).toMatch(/Go on with: npx lathe run --conversation cnv_/);
});

test("the running daemon is used, and keeps the conversation", async () => {
  const { client } = await startDaemon();
  const { code, stderr } = await run(script({ text: "One." }));
  expect(code).toBe(exitCodes.ok);
  const { items } = await client.call<{ items: { id: string }[] }>("GET", "/api/conversations");
  expect(stderr).toContain(items[0]?.id);
});

test("--conversation goes on where it ended", async () => {
  const first = await run(script({ text: "One." }));
  const id = /cnv_\w+/.exec(first.stderr)?.[0] ?? "";
  const second = await run(script({ text: "Two." }), "--conversation", id);
  expect(second).toMatchObject({ code: exitCodes.ok, stdout: "Two.\n" });
});

test("--json prints each event as one line of JSON, and nothing else", async () => {
  const { stdout, stderr, code } = await run(script({ text: "One." }), "--json");
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ConversationEvent);
  const types = events.map(({ type }) => type);
  expect(types[0]).toBe("user-message");
  expect(types.slice(-2)).toEqual(["done", "turn-sealed"]);
  expect(stderr).toBe("");
  expect(code).toBe(exitCodes.ok);
});

test("a turn that fails ends with 1 and says why", async () => {
  const { code, stderr, stdout } = await run(
    script({ fail: { kind: "auth", message: "The key is wrong." } }),
  );
  expect(stderr).toContain("The turn failed (auth): The key is wrong.");
  expect(stdout).toBe("");
  expect(code).toBe(exitCodes.failed);
});

test("what a provider says went wrong cannot steer the terminal, neither as text nor as JSON", async () => {
  const message = "Red\u001b[31m, cleared\u009b2J, \u202ereversed.";
  const failing = script({ fail: { kind: "auth", message } });
  const told = await run(failing);
  expect(told.stderr).toContain("The turn failed (auth): Red[31m, cleared2J, reversed.");
  const { stdout, stderr } = await run(failing, "--json");
  for (const printed of [told.stdout, told.stderr, stdout, stderr])
    expect(printed.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  const done = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ConversationEvent)
    .find((event) => event.type === "done");
  expect(done).toMatchObject({ failure: { message } });
});

test("--budget ends the turn when it is used up: the answer so far is printed, and the run tells what was spent", async () => {
  const { client } = await startDaemon();
  const look = {
    calls: [{ name: "list_files", input: { path: "." } }],
    usage: { inputTokens: 90, outputTokens: 10 },
  };
  const steps = [{ ...look, text: "Looking." }, look, look];
  const { code, stdout, stderr } = await run(script(...steps), "--budget", "0.2k");
  expect(stdout).toContain("Looking.");
  expect(stderr).toContain(
    "The turn ended at its budget: what is left of it is too little for another step.",
  );
  expect(code).toBe(exitCodes.failed);
  const { items } = await client.call<{ items: { id: string }[] }>("GET", "/api/runs");
  const shown = await runLathe(
    ["runs", "show", items[0]?.id ?? "", "--state", home.stateFolder],
    surroundings(),
  );
  expect(shown.stdout).toMatch(/^budget +200 of 200 tokens$/m);
});

test("a budget that cannot hold is refused, and leaves no conversation", async () => {
  const { client } = await startDaemon();
  const unpriced = await run(script({ text: "One." }), "--budget-usd", "1");
  expect(unpriced).toMatchObject({ code: exitCodes.failed, stdout: "" });
  expect(unpriced.stderr).toContain("The price of scripted/script is not known");
  const nothing = await run(script({ text: "One." }), "--budget", "0");
  expect(nothing).toMatchObject({ code: exitCodes.failed, stdout: "" });
  const wrong = await run(script({ text: "One." }), "--budget", "much");
  expect(wrong).toMatchObject({ code: exitCodes.usage, stdout: "" });
  const { items } = await client.call<{ items: unknown[] }>("GET", "/api/conversations");
  expect(items).toEqual([]);
});

test("an unknown model, agent or conversation ends with 1 and names what is unknown", async () => {
  await startDaemon();
  const model = await run("Hello.", "--model", "nobody/nothing");
  expect(model).toMatchObject({ code: exitCodes.failed, stdout: "" });
  expect(model.stderr).toContain("nobody");
  const agent = await run("Hello.", "--agent", "nobody");
  expect(agent).toMatchObject({ code: exitCodes.failed, stdout: "" });
  const conversation = await run("Hello.", "--conversation", "cnv_0");
  expect(conversation).toMatchObject({ code: exitCodes.failed, stdout: "" });
  expect(conversation.stderr).toContain("no such conversation");
});

test("a store that does not open is told with its reason, also where the daemon is started for the call", async () => {
  await mkdir(join(home.stateFolder, "extensions"), { recursive: true, mode: 0o700 });
  await chmod(join(home.stateFolder, "extensions"), 0o755);
  const { code, stderr } = await run(script({ text: "One." }));
  expect(stderr).toMatch(/^Error \(storage-lmdb\): .*chmod 700/m);
  expect(stderr).toContain("lathe extensions");
  expect(code).toBe(exitCodes.failed);
});

test("a conversation begins with its first message as title, and is gone where that was refused", async () => {
  const { client } = await startDaemon();
  await run("Hello.", "--model", "nobody/nothing");
  await run("Hello.", "--agent", "nobody");
  await run(script({ text: "One." }));
  const input = `${script({ text: "Two." })}\n`;
  const argv = ["chat", "--model", "scripted/script", "--state", home.stateFolder];
  await runLathe(argv, { ...surroundings(), input });
  await runLathe(argv, { ...surroundings(), input: "\n" });
  await runLathe([...argv, "--agent", "nobody"], { ...surroundings(), input });
  const { items } = await client.call<{ items: { title: string }[] }>("GET", "/api/conversations");
  expect(items.map(({ title }) => title)).toEqual([script({ text: "Two." }), script({ text: "One." })]);
});

test("--cwd that is no folder ends with 1", async () => {
  const { code, stderr } = await run("Hello.", "--cwd", "nowhere");
  expect(code).toBe(exitCodes.failed);
  expect(stderr).toContain("folder");
});

test("Ctrl-C stops the turn, keeps what was said, and ends with 130", async () => {
  const { client } = await startDaemon();
  const process = new LatheProcess(argvOf(script({ text: "Half", hang: "after-deltas" })), surroundings());
  await process.printed(/Half/);
  process.kill("SIGINT");
  const { code, stdout, stderr } = await process.ended();
  expect(stdout).toBe("Half\n");
  expect(stderr).toContain("The turn was stopped.");
  expect(code).toBe(exitCodes.interrupted);
  const { items } = await client.call<{ items: { state: string }[] }>("GET", "/api/conversations");
  expect(items.map(({ state }) => state)).toEqual(["idle"]);
});

test("Ctrl-C also stops a turn whose daemon was started for the call", async () => {
  const process = new LatheProcess(argvOf(script({ text: "Half", hang: "after-deltas" })), surroundings());
  await process.printed(/Half/);
  process.kill("SIGINT");
  expect(await process.ended()).toMatchObject({ code: exitCodes.interrupted, stdout: "Half\n" });
});

test("two calls at once share the daemon that the first one started", async () => {
  const both = await Promise.all([run(script({ text: "One." })), run(script({ text: "Two." }))]);
  const failures = both.map(({ code, stderr }) => (code === exitCodes.ok ? "" : `${code}: ${stderr}`));
  expect(failures).toEqual(["", ""]);
  expect(both.map(({ stdout }) => stdout)).toEqual(["One.\n", "Two.\n"]);
});

/** Stands in for a daemon that was found just before it left: it refuses once, in its own way, and is gone. */
function foundLeaving(refuse: (response: ServerResponse) => void): Promise<Server> {
  return foundAnswering((response) => {
    removeDaemonRecord(home.stateFolder);
    refuse(response);
  });
}

/** Stands in for a daemon that was found. */
async function foundAnswering(answer: (response: ServerResponse) => void): Promise<Server> {
  await mkdir(home.stateFolder, { mode: 0o700 });
  const server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  writeDaemonRecord(home.stateFolder, recordOfThisProcess(`http://127.0.0.1:${port}`, "0.1.0", 0));
  return server;
}

test("a daemon that was found and is leaving is replaced by the next one, which answers", async () => {
  const server = await foundLeaving((response) => {
    response.writeHead(503, { "content-type": "application/problem+json", connection: "close" });
    response.end(JSON.stringify({ code: "draining", detail: "The daemon is shutting down." }));
  });
  const { code, stdout } = await run(script({ text: "One." }));
  server.close();
  expect([code, stdout]).toEqual([exitCodes.ok, "One.\n"]);
});

test("a connection that a leaving daemon did not take up is made again with the next one", async () => {
  const server = await foundLeaving((response) => response.destroy());
  const { code, stdout } = await run(script({ text: "One." }));
  server.close();
  expect([code, stdout]).toEqual([exitCodes.ok, "One.\n"]);
});

test("a connection that breaks after the question was sent is not asked again elsewhere", async () => {
  const server = await foundAnswering((response) => response.destroy());
  const { code, stderr } = await run(script({ text: "One." }));
  server.close();
  expect(code).toBe(exitCodes.failed);
  expect(stderr).toContain("does not answer");
});

test("a daemon that dies in the middle of the answer ends the call with 1, and says so", async () => {
  const daemon = await startDaemon();
  const process = new LatheProcess(argvOf(script({ text: "Half", hang: "after-deltas" })), surroundings());
  await process.printed(/Half/);
  await killDaemonProcess(daemon);
  const { code, stderr } = await process.ended();
  expect(code).toBe(exitCodes.failed);
  expect(stderr).toMatch(/Go on with: lathe run --conversation cnv_\w+ .*does not answer/s);
});

test("chat answers line by line, and leaves at the end of its input", async () => {
  const input = `${script({ text: "One." })}\n${script({ text: "Two." })}\n`;
  const argv = ["chat", "--model", "scripted/script", "--state", home.stateFolder];
  const { code, stdout } = await runLathe(argv, { ...surroundings(), input });
  expect(stdout).toBe("One.\nTwo.\n");
  expect(code).toBe(exitCodes.ok);
});
