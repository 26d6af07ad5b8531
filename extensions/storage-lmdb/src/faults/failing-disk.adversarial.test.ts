import { mkdir } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyStore } from "../edge/verify-store.ts";
import { openTestStore, quietly, withFolder } from "../test-store.ts";
import { needShim, startChild } from "./child.ts";

const { ENOSPC, EDQUOT, EROFS, EIO } = constants.errno;

/** What of the disk begins to fail after twenty commits, and how. */
const failures: readonly [what: string, environment: Readonly<Record<string, string>>][] = [
  ["the flush fails (EIO)", { LATHE_SHIM_FAIL_SYNC: "" }],
  ["the disk is full (ENOSPC)", { LATHE_SHIM_FAIL_WRITE: "", LATHE_SHIM_ERRNO: String(ENOSPC) }],
  ["the quota is used up (EDQUOT)", { LATHE_SHIM_FAIL_WRITE: "", LATHE_SHIM_ERRNO: String(EDQUOT) }],
  ["the disk has become read-only (EROFS)", { LATHE_SHIM_FAIL_WRITE: "", LATHE_SHIM_ERRNO: String(EROFS) }],
  ["writing fails (EIO)", { LATHE_SHIM_FAIL_WRITE: "", LATHE_SHIM_ERRNO: String(EIO) }],
  ...[1, 2, 3].map((nth): [string, Record<string, string>] => [
    `write ${nth} of a commit alone fails (ENOSPC)`,
    { LATHE_SHIM_FAIL_WRITE: "", LATHE_SHIM_FAIL_NTH: String(nth) },
  ]),
];

test.for(
  failures,
)("L7, F12: when %s every caller learns it, the process is told to end, and nothing acknowledged is lost", async ([
  ,
  environment,
], { skip }) => {
  await withFolder(async (parent) => {
    const shim = await needShim(parent, skip);
    const folder = join(parent, "store");
    await mkdir(folder);
    const failFile = join(parent, "fail");
    const child = startChild("failing-disk-child.ts", [folder, failFile], {
      LD_PRELOAD: shim,
      ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value || failFile])),
    });
    const end = await child.ended;
    expect(child.lines.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => `ack ${index}`));
    // After a write that failed lmdb may damage the heap, and then libc ends the process itself: the end it was told to
    // take. A flush that fails has no such consequence.
    if (!("LATHE_SHIM_FAIL_WRITE" in environment) || end.signal !== "SIGABRT") {
      expect(end).toEqual({ code: 1, signal: null });
      expect(child.lines.slice(20)).toEqual(lastWords);
    }
    expect(await rowsLeft(folder)).toEqual(
      expect.arrayContaining(Array.from({ length: 20 }, (_, index) => index)),
    );
    const walk = await verifyStore(folder, { ...quietly, alone: true });
    expect(walk).toMatchObject({ findingCount: 0 });
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
