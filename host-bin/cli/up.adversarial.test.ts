import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { type DaemonProcess, killDaemonProcess, startDaemonProcess } from "../testing/daemon-process.ts";
import { LatheProcess, runLathe } from "../testing/lathe-process.ts";
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

async function start(argv: readonly string[] = []): Promise<DaemonProcess> {
  const daemon = await startDaemonProcess(home, { argv });
  daemons.push(daemon);
  return daemon;
}

const surroundings = () => ({ environment: home.environment, cwd: home.folder });

function up(...argv: string[]): Promise<Awaited<ReturnType<typeof runLathe>>> {
  return runLathe(["up", "--port", "0", "--state", home.stateFolder, ...argv], surroundings());
}

async function readRecord(): Promise<{ pid: number; url: string | null }> {
  return JSON.parse(await readFile(join(home.stateFolder, "daemon.json"), "utf8"));
}

test("the first line is the URL, and daemon.json names it with the process", async () => {
  const { process, url } = await start();
  expect(process.stdout.split("\n")[0]).toBe(`Lathe is ready on ${url}`);
  expect(await readRecord()).toMatchObject({ pid: process.pid, url });
  await process.printed(/Authorization: Bearer [\w-]{43}/);
  expect((await fetch(new URL("/readyz", url))).status).toBe(200);
});

test("it says what to open in a browser, or how to build what is opened there", async () => {
  const { process, url, token } = await start();
  const [, told] = await process.printed(/^ {2}Open {8}(.+)$/m);
  expect([`${url}/#token=${token}`, "no page yet: npm run build:web builds it"]).toContain(told);
});

test("--quiet prints the URL alone, and never the token", async () => {
  const { process, token, client } = await start(["--quiet"]);
  await client.call("GET", "/api/extensions");
  process.kill("SIGTERM");
  const { stdout, stderr } = await process.ended();
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(stdout + stderr).not.toContain(token);
});

test.each([
  "SIGTERM",
  "SIGINT",
] as const)("%s ends an idle daemon with 0 and leaves no record", async (signal) => {
  const { process } = await start();
  process.kill(signal);
  expect(await process.ended()).toMatchObject({ code: exitCodes.ok, signal: null });
  await expect(readRecord()).rejects.toThrow("ENOENT");
});

test("a second daemon on the same state folder is refused, and names the process and the URL of the first", async () => {
  const { process, url } = await start();
  const second = await up();
  expect(second.code).toBe(exitCodes.failed);
  expect(second.stderr).toContain(`process ${process.pid}`);
  expect(second.stderr).toContain(url);
  expect((await fetch(new URL("/readyz", url))).status).toBe(200);
});

test("of two daemons that start at once one serves and the other is refused", async () => {
  const argv = ["up", "--port", "0", "--state", home.stateFolder];
  const both = [new LatheProcess(argv, surroundings()), new LatheProcess(argv, surroundings())];
  const ready = await Promise.allSettled(both.map((one) => one.printed(/^Lathe is ready on/m)));
  expect(ready.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  for (const one of both) one.kill("SIGKILL");
  const codes = (await Promise.all(both.map((one) => one.ended()))).map(({ code }) => code);
  expect(codes).toContain(exitCodes.failed);
});

test("after kill -9 the next daemon starts at once, with the same token", async () => {
  const first = await start();
  await killDaemonProcess(first);
  expect((await readRecord()).pid).toBe(first.process.pid);
  const second = await start();
  expect(second.token).toBe(first.token);
  expect((await readRecord()).pid).toBe(second.process.pid);
});

test("a port that is taken is a clear error, and the state folder is free again", async () => {
  const server = createServer();
  const port = await listen(server);
  try {
    const { code, stderr } = await up("--port", String(port));
    expect(code).toBe(exitCodes.failed);
    expect(stderr).toContain(String(port));
    expect(stderr).toContain("in use");
  } finally {
    server.close();
  }
  await start();
});

async function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("F15: a file in place of the state folder is a clear error", async () => {
  await writeFile(home.stateFolder, "");
  const { code, stderr, stdout } = await up();
  expect(code).toBe(exitCodes.failed);
  expect(stderr).toContain(`${home.stateFolder} is not a folder`);
  expect(stdout).toBe("");
});

test("F15: a state folder that cannot be made is a clear error", async () => {
  const { code, stderr } = await up("--state", "/proc/lathe/state");
  expect(code).toBe(exitCodes.failed);
  expect(stderr).toContain("/proc/lathe/state cannot be made or written to");
});

test("A17: a symbolic link and a folder that is open to others are refused as the state folder", async () => {
  await mkdir(join(home.folder, "open"), { mode: 0o755 });
  await symlink(join(home.folder, "open"), join(home.folder, "link"));
  const link = await up("--state", join(home.folder, "link"));
  expect(link).toMatchObject({ code: exitCodes.failed });
  expect(link.stderr).toContain("is a symbolic link");
  const open = await up("--state", join(home.folder, "open"));
  expect(open).toMatchObject({ code: exitCodes.failed });
  expect(open.stderr).toContain("chmod 700");
});

test("A12: an address that others can reach is refused", async () => {
  const { code, stderr } = await up("--host", "0.0.0.0");
  expect(code).toBe(exitCodes.usage);
  expect(stderr).toContain("not a loopback address");
});

test("a broken lathe.json is a clear error that names the file", async () => {
  await writeFile(join(home.folder, "lathe.json"), '{"prt": 1}');
  const { code, stderr } = await up();
  expect(code).toBe(exitCodes.failed);
  expect(stderr).toContain(`${join(home.folder, "lathe.json")} cannot be used: prt is not a setting`);
});

test("D10: what a project may not set is told as a warning, and the daemon starts without it", async () => {
  const content = { extensions: { "transport-http": { allowedHosts: ["evil.example"] } } };
  await writeFile(join(home.folder, "lathe.json"), JSON.stringify(content));
  const { process } = await start();
  await process.printed(/Warning: .*lathe\.json sets extensions, which a project may not set/);
});

test("an extension that does not start is told with its reason", async () => {
  const folder = join(home.folder, ".config", "lathe");
  await mkdir(folder, { recursive: true });
  const content = { extensions: { "trace-journal": { flushMs: -1 } } };
  await writeFile(join(folder, "lathe.json"), JSON.stringify(content));
  const { process } = await start();
  await process.printed(/^Error \(trace-journal\): .*flushMs/m);
});

test("a provider that cannot be used for its address is told, and the daemon starts without it", async () => {
  const environment = { ...home.environment, OPENAI_API_KEY: "canary-value", OPENAI_BASE_URL: "no address" };
  const daemon = await startDaemonProcess({ ...home, environment });
  daemons.push(daemon);
  await daemon.process.printed(/^Error \(provider-openai\): openai is left out\. .*OPENAI_BASE_URL/m);
  expect(daemon.process.stderr).not.toContain("canary-value");
});
