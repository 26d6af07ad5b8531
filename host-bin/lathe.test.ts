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

const version = (environment: Readonly<Record<string, string>>, ...flags: string[]) =>
  run(process.execPath, [...flags, lathe, "version"], {
    cwd: home.folder,
    env: { ...home.environment, ...environment },
  });

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
