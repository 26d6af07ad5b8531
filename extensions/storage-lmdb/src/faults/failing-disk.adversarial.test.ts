import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openTestStore, withFolder } from "../test-store.ts";
import { needShim, startChild } from "./child.ts";

test.for([
  ["the flush fails (EIO)", "LATHE_SHIM_FAIL_SYNC"],
  ["the disk is full (ENOSPC)", "LATHE_SHIM_FAIL_WRITE"],
] as const)("L7, F12: when %s every caller learns it, the process is told to end, and nothing acknowledged is lost", async ([
  ,
  failSwitch,
], { skip }) => {
  await withFolder(async (parent) => {
    const shim = await needShim(parent, skip);
    const folder = join(parent, "store");
    await mkdir(folder);
    const child = startChild("failing-disk-child.ts", [folder, join(parent, "fail")], {
      LD_PRELOAD: shim,
      [failSwitch]: join(parent, "fail"),
    });
    const end = await child.ended;
    expect(child.lines.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => `ack ${index}`));
    // After ENOSPC lmdb may damage the heap, and then libc ends the process itself: the end it was told to take.
    if (failSwitch !== "LATHE_SHIM_FAIL_WRITE" || end.signal !== "SIGABRT") {
      expect(end).toEqual({ code: 1, signal: null });
      expect(child.lines.slice(20)).toEqual(lastWords);
    }
    expect(await rowsLeft(folder)).toEqual(
      expect.arrayContaining(Array.from({ length: 20 }, (_, index) => index)),
    );
  });
});

const lastWords = [
  ...Array.from({ length: 10 }, () => "commit StorageFailedError"),
  "later StorageFailedError",
  "read StorageFailedError",
  "fatal StorageFailedError",
  "logged error",
  "closed",
];

async function rowsLeft(folder: string): Promise<unknown[]> {
  const { store } = await openTestStore(folder);
  const rows = await store.namespace("one").list({ prefix: ["row"], limit: 1_000 });
  await store.close();
  return rows.map(({ key }) => key[1]);
}
