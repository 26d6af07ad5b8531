// What a newcomer does first: asks the demo model, offline, and it really uses the tools.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { runLathe } from "../testing/lathe-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

let home: TemporaryHome;
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(() => home.remove());

test("the demo model lists the files of the folder with real tools, and names the largest", async () => {
  const folder = join(home.folder, "work");
  await mkdir(folder);
  await writeFile(join(folder, "small.txt"), "x");
  await writeFile(join(folder, "huge.txt"), "x".repeat(4_000));
  await writeFile(join(folder, "middle.txt"), "x".repeat(40));
  const prompt = "list the files in this folder and tell me which is the largest";
  const argv = ["run", prompt, "--cwd", folder, "--state", home.stateFolder];
  const { code, stdout, stderr } = await runLathe(argv, { environment: home.environment, cwd: home.folder });
  expect(stderr).toMatch(/> list_files/);
  expect(stderr).toMatch(/list_files done/);
  expect(stdout).toMatch(/largest.*huge\.txt|huge\.txt.*largest/);
  expect(code).toBe(exitCodes.ok);
});
