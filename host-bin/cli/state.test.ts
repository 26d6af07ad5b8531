import { chmod, cp, mkdir, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { killDaemonProcess, startDaemonProcess } from "../testing/daemon-process.ts";
import { type Ending, runLathe } from "../testing/lathe-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

vi.setConfig({ testTimeout: 60_000 });

let home: TemporaryHome;
let dataFile: string;
beforeEach(async () => {
  home = await makeTemporaryHome();
  dataFile = join(home.stateFolder, "extensions", "storage-lmdb", "data.mdb");
});
afterEach(() => home.remove());

function lathe(...argv: string[]): Promise<Ending> {
  const surroundings = { environment: home.environment, cwd: home.folder };
  return runLathe([...argv, "--state", home.stateFolder], surroundings);
}

/** A state folder that a daemon has used and left. */
async function useOnce(title = "about this"): Promise<void> {
  const daemon = await startDaemonProcess(home);
  await daemon.client.call("POST", "/api/conversations", { title, cwd: home.folder });
  daemon.process.kill("SIGTERM");
  await daemon.process.ended();
}

test("S8: without a daemon the closed store is copied, read through and made compact, and a backup is a state to start from", async () => {
  await useOnce();
  const copied = await lathe("state", "backup", "kept", "--json");
  expect(copied.stderr).toBe("");
  expect(JSON.parse(copied.stdout)).toMatchObject({ folder: join(home.folder, "kept"), compacted: true });
  expect(await readdir(join(home.folder, "kept"))).toEqual(["data.mdb"]);

  const verified = await lathe("state", "verify", "--json");
  expect(JSON.parse(verified.stdout)).toMatchObject({ findingCount: 0, findings: [] });
  expect(JSON.parse(verified.stdout).rowCount).toBe(JSON.parse(copied.stdout).rowCount);
  expect((await lathe("state", "verify", "kept")).stdout).toContain("Nothing is damaged.");

  const compacted = await lathe("state", "compact");
  expect(compacted.stdout).toMatch(/^The store had .* All \d+ rows are there\.\n$/);
  expect((await stat(dataFile)).mode & 0o777).toBe(0o600);

  // As the README says.
  const restored = join(home.folder, "restored");
  await mkdir(join(restored, "extensions"), { recursive: true, mode: 0o700 });
  for (const folder of [restored, join(restored, "extensions")]) await chmod(folder, 0o700);
  await cp(join(home.folder, "kept"), join(restored, "extensions", "storage-lmdb"), { recursive: true });
  const surroundings = { environment: home.environment, cwd: home.folder };
  const listed = await runLathe(["conversations", "--state", restored], surroundings);
  expect(listed.stdout).toContain("about this");
});

test("S8: the running daemon copies and reads its store, and tells how it is; compacting has to wait until it is stopped", async () => {
  const daemon = await startDaemonProcess(home);
  try {
    const created = await daemon.client.call<{ id: string }>("POST", "/api/conversations", {
      cwd: home.folder,
    });
    const copied = await lathe("state", "backup", "kept", "--as-is");
    expect(copied.stdout).toContain(`Copied to ${join(home.folder, "kept")}`);
    expect(copied.code).toBe(exitCodes.ok);
    expect((await lathe("state", "verify")).stdout).toContain("Nothing is damaged.");
    expect((await lathe("state", "status")).stdout).toMatch(/^store +.*used\n(.*\n)*verified +2.*0 damaged/);
    expect((await lathe("state", "prune")).code).toBe(exitCodes.ok);
    const refused = await lathe("state", "compact");
    expect(refused.stderr).toContain(`stop it with: kill ${daemon.process.pid}`);
    expect(refused.code).toBe(exitCodes.failed);
    const again = await lathe("state", "backup", "kept");
    expect(again.stderr).toContain("it is not empty");
    expect(again.code).toBe(exitCodes.failed);
    expect(await daemon.client.call("GET", `/api/conversations/${created.id}`)).toMatchObject(created);
  } finally {
    await killDaemonProcess(daemon);
  }
});

test("Z8: verify says what the disk has changed, and ends with 1; neither a backup nor a compaction covers it up", async () => {
  await useOnce("a title that is found");
  const file = await open(dataFile, "r+");
  const content = await file.readFile();
  for (let at = content.indexOf("is found"); at !== -1; at = content.indexOf("is found", at + 1))
    await file.write("is wrong", at);
  await file.close();
  const verified = await lathe("state", "verify");
  expect(verified.stdout).toMatch(/Damaged \(1\):\n {2}the row .* of conversation-store: It does not match/);
  expect(verified.code).toBe(exitCodes.failed);
  for (const argv of [
    ["state", "backup", "kept"],
    ["state", "compact"],
  ]) {
    const refused = await lathe(...argv);
    expect(refused.stderr).toContain("The store is damaged (1 findings)");
    expect(refused.code).toBe(exitCodes.failed);
  }
  expect(await readdir(home.folder)).toEqual(["state"]);
});

test.for([
  [[], "Say what to do with the state"],
  [["toString"], "Say what to do with the state"],
  [["backup"], "Say where to"],
  [["compact", "here"], "takes options only"],
] as const)("lathe state %o is a usage error", async ([argv, said]) => {
  const { code, stderr } = await lathe("state", ...argv);
  expect(stderr).toContain(said);
  expect(code).toBe(exitCodes.usage);
});

test("a state folder that is not there is not made by looking at it", async () => {
  for (const verb of ["verify", "compact"]) {
    const { code, stderr } = await lathe("state", verb);
    expect(stderr).toContain("There is no state folder");
    expect(code).toBe(exitCodes.failed);
  }
  await mkdir(home.stateFolder, { mode: 0o700 });
  expect((await lathe("state", "verify")).stderr).toContain("There is no store in");
  expect((await lathe("state", "compact")).stderr).toContain("There is no store in");
});
