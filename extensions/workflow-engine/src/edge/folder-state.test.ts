import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readFolderState } from "./folder-state.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lathe-folder-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

function git(...args: readonly string[]): void {
  const who = ["-c", "user.name=a", "-c", "user.email=a@localhost"];
  execFileSync("git", [...who, ...args], { cwd: folder, stdio: "ignore" });
}

/** Whether the state is another one after what happens. */
async function isChangedBy(happens: () => unknown, cwd = folder): Promise<boolean> {
  const before = await readFolderState(cwd);
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(await readFolderState(cwd)).toBe(before);
  await happens();
  return (await readFolderState(cwd)) !== before;
}

describe.each(["in a repository", "without one"])("%s", (place) => {
  beforeEach(async () => {
    await write("src/a file.txt", "one");
    await write("b.txt", "one");
    if (place === "without one") return;
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "first");
  });

  test("a file that is changed, changed again, made, renamed or removed is another state", async () => {
    expect(await isChangedBy(() => write("src/a file.txt", "two"))).toBe(true);
    expect(await isChangedBy(() => write("src/a file.txt", "six"))).toBe(true);
    expect(await isChangedBy(() => write("src/new/deep.txt", "one"))).toBe(true);
    expect(await isChangedBy(() => write("src/new/deep.txt", "two"))).toBe(true);
    expect(await isChangedBy(() => rename(join(folder, "b.txt"), join(folder, "c.txt")))).toBe(true);
    expect(await isChangedBy(() => rm(join(folder, "c.txt")))).toBe(true);
    expect(await isChangedBy(() => symlink("nowhere", join(folder, "link")))).toBe(true);
  });

  test("workflows, agents and packages are no part of it", async () => {
    await write("package.json", "{}");
    await write(".gitignore", "node_modules\n");
    const others = [
      ".lathe/workflows/w.js",
      ".claude/agents/a.md",
      "src/.lathe/agents/b.md",
      "node_modules/x/y.js",
    ];
    for (const path of others) expect(await isChangedBy(() => write(path, "x")), path).toBe(false);
  });

  test("a folder in it is told by what is below it", async () => {
    const src = join(folder, "src");
    expect(await isChangedBy(() => write("src/a file.txt", "two"), src)).toBe(true);
    expect(await isChangedBy(() => write("b.txt", "two"), src)).toBe(false);
  });
});

test("a commit is another state, and so is a renamed file that git knows", async () => {
  await write("a.txt", "one");
  git("init", "-q");
  expect(await isChangedBy(() => git("add", "."))).toBe(true);
  expect(await isChangedBy(() => git("commit", "-qm", "first"))).toBe(true);
  expect(await isChangedBy(() => git("mv", "a.txt", "b.txt"))).toBe(true);
  expect(await isChangedBy(() => write("b.txt", "two"))).toBe(true);
});

test("nothing that the repository's configuration names is run", async () => {
  await write("a.txt", "one");
  git("init", "-q");
  await writeFile(join(folder, "monitor.sh"), `#!/bin/sh\ntouch ${join(folder, "was-run")}\n`, {
    mode: 0o755,
  });
  git("config", "core.fsmonitor", join(folder, "monitor.sh"));
  expect(await isChangedBy(() => undefined)).toBe(false);
  await expect(rm(join(folder, "was-run"))).rejects.toThrow("ENOENT");
});

test("of a folder that is not there, or holds too much, no state is told", async () => {
  expect(await readFolderState(join(folder, "nowhere"))).toBeUndefined();
  const names = Array.from({ length: 5_001 }, (_, index) => join(folder, `${index}`));
  await Promise.all(names.map((name) => writeFile(name, "")));
  expect(await readFolderState(folder)).toBeUndefined();
});
