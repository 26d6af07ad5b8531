import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { killDaemonProcess, startDaemonProcess } from "../testing/daemon-process.ts";
import { type Ending, runLathe } from "../testing/lathe-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

let home: TemporaryHome;
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(() => home.remove());

function lathe(...argv: string[]): Promise<Ending> {
  const surroundings = { environment: home.environment, cwd: home.folder };
  return runLathe([...argv, "--state", home.stateFolder], surroundings);
}

test("the lists work without a daemon, which is started for the call and is gone after it", async () => {
  const { code, stdout } = await lathe("extensions", "--json");
  expect(code).toBe(exitCodes.ok);
  const { items } = JSON.parse(stdout) as { items: { id: string; kind: string }[] };
  expect(items).toContainEqual(expect.objectContaining({ id: "daemon", kind: "active" }));
  expect((await lathe("conversations")).stdout).toContain("There are none yet");
  expect(JSON.parse((await lathe("models", "--json")).stdout)).toHaveProperty("items");
});

test("the lists ask the running daemon", async () => {
  const daemon = await startDaemonProcess(home);
  try {
    const created = await daemon.client.call<{ id: string }>("POST", "/api/conversations", {
      title: "about\u001b[31m red",
      cwd: home.folder,
    });
    const { stdout, code } = await lathe("conversations");
    expect(code).toBe(exitCodes.ok);
    expect(stdout).toContain(created.id);
    // H7s: what others named does not steer the terminal.
    expect(stdout).toContain("about[31m red");
  } finally {
    await killDaemonProcess(daemon);
  }
});

test("agents of files are listed with what is odd about them, and can be asked", async () => {
  const work = join(home.folder, "work");
  const folders = [join(home.folder, ".claude/agents"), join(work, ".lathe/agents")] as const;
  for (const folder of folders) await mkdir(folder, { recursive: true });
  await writeFile(join(folders[0], "mine.md"), "---\ntools: Read, WebFetch\nmodel: opus\n---\nLook.\n");
  await writeFile(join(folders[1], "ours.md"), "---\ndescription: about\u0007 all\n---\nLook.\n");
  await writeFile(join(folders[1], "bad.md"), "Nothing.");
  const { code, stdout, stderr } = await lathe("agents", "--cwd", "work");
  expect(code).toBe(exitCodes.ok);
  expect(stdout.split("\n").map((line) => line.split(/\s{2,}/))).toEqual([
    ["bad", "cannot be used", join(folders[1], "bad.md")],
    ["default", "configuration"],
    ["mine", join(folders[0], "mine.md")],
    ["ours", "about all", join(folders[1], "ours.md")],
    [""],
  ]);
  expect(stderr).toContain('mine: There is no tool named "WebFetch".');
  expect(stderr).toContain("bad: It does not begin with front matter");
  const { items } = JSON.parse((await lathe("agents", "--json")).stdout) as { items: { name: string }[] };
  expect(items.map(({ name }) => name)).toEqual(["default", "mine"]);
  expect((await lathe("run", "Hello.", "--agent", "mine", "--cwd", "work")).code).toBe(exitCodes.ok);
  expect((await lathe("run", "Hello.", "--agent", "bad", "--cwd", "work")).stderr).toContain(
    "bad.md is broken",
  );
});

test("a default model that no provider lists is told", async () => {
  const environment = { ...home.environment, LATHE_MODEL: "scripted/unheard-of" };
  const argv = ["models", "--state", home.stateFolder];
  const { stdout } = await runLathe(argv, { environment, cwd: home.folder });
  expect(stdout).toContain("Default: scripted/unheard-of, which no provider lists.");
});

test("doctor finds nothing wrong with a new installation, and says what is missing", async () => {
  const { code, stdout } = await lathe("doctor", "--json");
  const { findings } = JSON.parse(stdout) as { findings: { subject: string; verdict: string }[] };
  expect(findings.filter(({ verdict }) => verdict === "fail")).toEqual([]);
  expect(findings.find(({ subject }) => subject === "keys")?.verdict).toBe("warn");
  expect(code).toBe(exitCodes.ok);
});

test("doctor names the keys that are set, and never their values", async () => {
  const environment = { ...home.environment, OPENAI_API_KEY: "canary-value" };
  const argv = ["doctor", "--state", home.stateFolder];
  const { stdout, stderr } = await runLathe(argv, { environment, cwd: home.folder });
  expect(stdout).toContain("OPENAI_API_KEY");
  expect(stdout + stderr).not.toContain("canary-value");
});

test("doctor tells of the running daemon", async () => {
  const daemon = await startDaemonProcess(home);
  try {
    const { stdout } = await lathe("doctor");
    expect(stdout).toContain(`Process ${daemon.process.pid} answers on ${daemon.url}`);
  } finally {
    await killDaemonProcess(daemon);
  }
});

test("doctor ends with 1 when something fails, and still looks at the rest", async () => {
  await writeFile(join(home.folder, "lathe.json"), "{");
  await mkdir(home.stateFolder, { mode: 0o755 });
  const { code, stdout } = await lathe("doctor");
  expect(code).toBe(exitCodes.failed);
  expect(stdout).toMatch(/fail +configuration .*lathe\.json is not JSON/);
  expect(stdout).toMatch(/fail +state folder .*chmod 700/);
});

test("doctor says which extension keeps a running daemon from being ready", async () => {
  await mkdir(join(home.stateFolder, "extensions"), { recursive: true, mode: 0o700 });
  await chmod(join(home.stateFolder, "extensions"), 0o755);
  const daemon = await startDaemonProcess(home);
  try {
    const { stdout, code } = await lathe("doctor");
    expect(stdout).toMatch(/fail +daemon .*is not ready/);
    expect(stdout).toMatch(/fail +extensions .*storage-lmdb is failed: .*chmod 700/);
    expect(code).toBe(exitCodes.failed);
  } finally {
    await killDaemonProcess(daemon);
  }
});
