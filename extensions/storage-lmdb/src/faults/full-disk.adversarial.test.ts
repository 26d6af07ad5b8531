import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { withFolder } from "../test-store.ts";
import { skipUnlessForbidden } from "./child.ts";

const run = promisify(execFile);
const child = fileURLToPath(new URL("full-disk-child.ts", import.meta.url));

/** A user and mount namespace of its own, in which a process may mount and of which nothing is left. */
const namespaced = ["-Urm"];

const mayMount = async (folder: string): Promise<boolean> => {
  const mount = ["mount", "-t", "tmpfs", "none", folder];
  return await run("unshare", [...namespaced, ...mount]).then(
    () => true,
    () => false,
  );
};

test("F12, G11: a real disk that fills up refuses writes before it is full, is read all the while, and takes writes again by itself", async ({
  skip,
}) => {
  await withFolder(async (parent) => {
    const disk = join(parent, "disk");
    await mkdir(disk);
    if (!(await mayMount(disk)))
      skipUnlessForbidden("This machine lets nobody mount a small disk (unshare).", skip);
    const { stdout } = await run("unshare", [...namespaced, process.execPath, child, disk]);
    const refusals = [
      ...Array.from({ length: 4 }, () => "StorageReadOnlyError"),
      // Not even a folder can be made for it, or what is made finds no room.
      expect.stringMatching(/^StateCareError (no-space|bad-folder)$/),
    ];
    expect(JSON.parse(stdout)).toEqual({
      filledUp: "StorageReadOnlyError",
      filledUpWithSmall: "StorageReadOnlyError",
      freeBytesAreLeft: true,
      readable: true,
      freeBytesWhenFull: 0,
      full: refusals,
      readableWhenFull: true,
      findingsWhenFull: 0,
      openedFull: refusals,
      readableOpenedFull: true,
      newStore: "Error",
      recovered: true,
      logged: ["error", "info"],
      fatal: [],
      readOnlyDisk: expect.stringMatching(/^The store in .* cannot be opened: Read-only file system/),
      readableLast: true,
      findings: 0,
    });
  });
}, 60_000);
