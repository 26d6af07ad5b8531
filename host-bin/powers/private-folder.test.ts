import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makePrivateFolder, PrivateFolderError } from "./private-folder.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "lathe-folder-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

function refusal(path: string): PrivateFolderError {
  try {
    makePrivateFolder(path);
  } catch (failure) {
    if (failure instanceof PrivateFolderError) return failure;
    throw failure;
  }
  throw new Error(`${path} was accepted.`);
}

test("A17: a missing folder is made with mode 0700, whatever the umask, and taken again later", async () => {
  const path = join(root, "deep", "state");
  const umask = process.umask(0o777 & ~0o700 & 0o277);
  try {
    makePrivateFolder(path);
  } finally {
    process.umask(umask);
  }
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  makePrivateFolder(path);
});

test("A17: a symbolic link is refused, also one to a folder that would do", async () => {
  await mkdir(join(root, "real"), { mode: 0o700 });
  await symlink(join(root, "real"), join(root, "link"));
  expect(refusal(join(root, "link")).code).toBe("symbolic-link");
});

test("A17: a folder that others may look into is refused, with the command that closes it", async () => {
  const path = join(root, "open");
  await mkdir(path);
  await chmod(path, 0o750);
  const { code, message } = refusal(path);
  expect(code).toBe("open-to-others");
  expect(message).toContain(`chmod 700 ${path}`);
});

test("a file in place of the folder, or above it, is refused", async () => {
  await writeFile(join(root, "file"), "");
  expect(refusal(join(root, "file")).code).toBe("not-a-folder");
  expect(["not-a-folder", "not-writable"]).toContain(refusal(join(root, "file", "state")).code);
});

test("a folder that the system does not let us make is refused", () => {
  expect(refusal("/proc/lathe/state").code).toBe("not-writable");
});

test.skipIf(process.getuid?.() !== 0)("A17: another user's folder is refused", async () => {
  const { chown } = await import("node:fs/promises");
  const path = join(root, "foreign");
  await mkdir(path, { mode: 0o700 });
  await chown(path, 12_345, 12_345);
  expect(refusal(path).code).toBe("foreign");
});
