import { openTestHost, type TestHost } from "@lathe/extension-kit/testing";
import { StorageService } from "@lathe/kernel";
import { expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";
import { withFolder } from "./test-store.ts";

const openIn = (folder: string): Promise<TestHost> =>
  openTestHost({ manifest, activate, powers: { "state-folder": { path: folder } }, mayFail: true });

test("it offers a namespace to each extension, keeps its files in its folder, and leaves nothing behind", async () => {
  await withFolder(async (folder) => {
    const first = await openIn(folder);
    const [one, two] = [first.use(StorageService, "one"), first.use(StorageService, "two")];
    await one.commit({ puts: [{ key: ["a"], value: 1 }] });
    expect(await two.get(["a"])).toBeUndefined();
    await first.close();
    await expect(one.get(["a"])).rejects.toThrow("closed");
    expect(first.timers.waitingCount()).toBe(0);

    const second = await openIn(folder);
    expect((await second.use(StorageService, "one").get(["a"]))?.value).toBe(1);
    expect(second.fatalReasons).toEqual([]);
    await second.close();
  });
});

test("a second one on the same folder does not start, and says why", async () => {
  await withFolder(async (folder) => {
    const first = await openIn(folder);
    const second = await openIn(folder);
    expect(second.state).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("open in this process"),
    });
    await second.close();
    await first.use(StorageService, "one").commit({ puts: [{ key: ["a"], value: 1 }] });
    await first.close();
  });
});
