import { mkdir, readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startChild } from "../faults/child.ts";
import { openTestStore, quietly, withFolder } from "../test-store.ts";
import { refuseAfterCrashes } from "./refuse-after-crashes.ts";
import { verifyStore } from "./verify-store.ts";

/** A store whose file was cut off, as by a copy that broke: LMDB's memory map ends whoever reads behind its end. */
async function makeCutStore(folder: string): Promise<void> {
  await mkdir(folder);
  const { store } = await openTestStore(folder);
  for (let at = 0; at < 300; at++)
    await store.namespace("one").commit({ puts: [{ key: ["row", at], value: "x".repeat(1_000) }] });
  await store.close();
  await truncate(join(folder, "data.mdb"), 5 * 4_096);
}

test("Z8: a file that ends whoever opens it is a finding of verify, and not the end of what asks for it", async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    await makeCutStore(folder);
    const child = startChild("holding-child.ts", [folder]);
    expect(await child.ended).toMatchObject({ code: null, signal: "SIGBUS" });
    expect(await verifyStore(folder, { ...quietly, alone: true })).toMatchObject({
      findingCount: 1,
      findings: [{ where: "the file", problem: expect.stringContaining("ended the process (SIGBUS") }],
    });
  });
});

test("Z8: a loop of crashes ends with a sentence that says what to do", async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    await makeCutStore(folder);
    for (let start = 0; start < 4; start++) await refuseAfterCrashes(folder);
    const refused = refuseAfterCrashes(folder);
    await expect(refused).rejects.toThrow(/^The last 4 starts ended early, .*SIGBUS.*Restore a backup/);
    await expect(refuseAfterCrashes(folder)).rejects.toThrow("The last 5 starts ended early");
  });
});

test("many short starts of a store that is whole are no reason to refuse it", async () => {
  await withFolder(async (folder) => {
    await (await openTestStore(folder)).store.close();
    for (let start = 0; start < 12; start++) await refuseAfterCrashes(folder);
    expect((await readdir(folder)).sort()).toEqual(["data.mdb", "lock.mdb", "short-starts"]);
  });
});

test("a tally that is no number counts as none", async () => {
  await withFolder(async (folder) => {
    await writeFile(join(folder, "short-starts"), "nonsense");
    await refuseAfterCrashes(folder);
    await refuseAfterCrashes(join(folder, "missing"));
  });
});
