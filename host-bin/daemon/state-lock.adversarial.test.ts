import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";
import { readLiveRecord, recordOfThisProcess, writeDaemonRecord } from "./daemon-record.ts";
import { identityOf } from "./process-identity.ts";
import { isStateLocked, StateInUseError, takeStateLock } from "./state-lock.ts";

const holderFile = fileURLToPath(new URL("../testing/lock-holder.ts", import.meta.url));

let home: TemporaryHome;
const children: ChildProcess[] = [];
beforeEach(async () => {
  home = await makeTemporaryHome();
  await mkdir(home.stateFolder, { mode: 0o700 });
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(end));
  await home.remove();
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function tryElsewhere(startAtMs = 0): Promise<{ child: ChildProcess; said: string }> {
  const argv = [holderFile, home.stateFolder, String(startAtMs)];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [said] = await once(createInterface(child.stdout), "line");
  return { child, said };
}

test("of many processes that begin at once exactly one gets the lock", async () => {
  for (let round = 0; round < 3; round += 1) {
    const startAtMs = Date.now() + 1_000;
    const all = await Promise.all(Array.from({ length: 6 }, () => tryElsewhere(startAtMs)));
    const said = all.map((one) => one.said).sort();
    expect(said).toEqual(["held", ...Array.from({ length: 5 }, () => "state-in-use")]);
    await Promise.all(children.splice(0).map(end));
  }
});

test("the lock is free as soon as its holder was killed with SIGKILL", async () => {
  const { child, said } = await tryElsewhere();
  expect(said).toBe("held");
  expect(isStateLocked(home.stateFolder)).toBe(true);
  await end(child);
  expect(isStateLocked(home.stateFolder)).toBe(false);
});

test("a second lock in the same process is refused, and names the holder", () => {
  const release = takeStateLock(home.stateFolder);
  const record = recordOfThisProcess("http://127.0.0.1:4646", "0.1.0", 1);
  writeDaemonRecord(home.stateFolder, record);
  const message = `process ${process.pid}) is already running on http://127.0.0.1:4646`;
  expect(() => takeStateLock(home.stateFolder)).toThrow(message);
  release();
  takeStateLock(home.stateFolder)();
});

test("E12: the record of a dead daemon, whose process id another process has now, names nobody", async () => {
  const impostor = {
    ...recordOfThisProcess("http://127.0.0.1:4646", "0.1.0", 1),
    identity: "another-boot:1",
  };
  writeDaemonRecord(home.stateFolder, impostor);
  expect(readLiveRecord(home.stateFolder)).toBeUndefined();
  const { said } = await tryElsewhere();
  expect(said).toBe("held");
  try {
    takeStateLock(home.stateFolder);
    expect.unreachable();
  } catch (failure) {
    expect(failure).toBeInstanceOf(StateInUseError);
    expect((failure as StateInUseError).pid).toBeNull();
  }
});

test("a record that is broken or half written names nobody", async () => {
  await writeFile(join(home.stateFolder, "daemon.json"), '{"pid": 1');
  expect(readLiveRecord(home.stateFolder)).toBeUndefined();
});

test("A17: the lock and the record are for their owner alone", async () => {
  const umask = process.umask(0);
  try {
    takeStateLock(home.stateFolder)();
    writeDaemonRecord(home.stateFolder, recordOfThisProcess(null, "0.1.0", 1));
  } finally {
    process.umask(umask);
  }
  for (const name of ["lock", "daemon.json"]) {
    expect((await stat(join(home.stateFolder, name))).mode & 0o777).toBe(0o600);
  }
  expect(JSON.parse(await readFile(join(home.stateFolder, "daemon.json"), "utf8"))).toMatchObject({
    pid: process.pid,
    url: null,
  });
});

test.skipIf(process.platform !== "linux")(
  "a process has one identity, a process that is gone has none",
  async () => {
    expect(identityOf(process.pid)).toBe(identityOf(process.pid));
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(identityOf(child.pid ?? 0)).toBeNull();
  },
);
