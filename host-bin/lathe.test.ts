import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeTemporaryHome, type TemporaryHome } from "./testing/temporary-home.ts";

const run = promisify(execFile);
const lathe = fileURLToPath(new URL("./lathe.mjs", import.meta.url));
let home: TemporaryHome;

beforeEach(async () => {
  home = await makeTemporaryHome();
});

afterEach(() => home.remove());

const call = (command: string, environment: Readonly<Record<string, string>>, ...flags: string[]) =>
  run(process.execPath, [...flags, lathe, command], {
    cwd: home.folder,
    env: { ...home.environment, ...environment },
  });
const version = (environment: Readonly<Record<string, string>>, ...flags: string[]) =>
  call("version", environment, ...flags);

test("what was compiled is kept where the machine keeps such things", async () => {
  const named = join(home.folder, "cache");
  await version({ XDG_CACHE_HOME: named });
  expect(existsSync(join(named, "lathe"))).toBe(true);
  expect(existsSync(join(home.folder, ".cache"))).toBe(false);
});

test("a relative folder for such things is none", async () => {
  await version({ XDG_CACHE_HOME: "cache" });
  expect(existsSync(join(home.folder, "cache"))).toBe(false);
  expect(existsSync(join(home.folder, ".cache", "lathe"))).toBe(true);
});

test("a Node that is too old is told which one is needed", async () => {
  const older = 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "20.1.0" })';
  await expect(version({}, "--import", older)).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/needs Node 24 or newer, and this is 20\.1\.0\./),
  });
});

test("a user without a home goes without what was compiled, and is told what a command needs", async () => {
  const homeless = `data:text/javascript,
    import os from "node:os";
    import { syncBuiltinESMExports } from "node:module";
    os.homedir = () => { throw new Error("ENOENT"); };
    syncBuiltinESMExports();`;
  const flags = ["--import", homeless];
  expect((await version({ HOME: "", XDG_CACHE_HOME: "" }, ...flags)).stderr).toBe("");
  await expect(call("models", { HOME: "" }, ...flags)).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: "This user has no home folder. Name a folder of his with HOME.\n",
  });
});
