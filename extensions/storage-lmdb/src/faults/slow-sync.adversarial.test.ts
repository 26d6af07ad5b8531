import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFolder } from "../test-store.ts";
import { needShim, startChild } from "./child.ts";

interface Observed {
  readonly flushesWhenSettled: number;
  readonly flushesWhenReadable: number;
  /** How often the event loop turned while the commit was under way. */
  readonly turnsWaited: number;
}

test("L1: a commit settles, and can be read, only after the disk has flushed it, and the event loop goes on", async ({
  skip,
}) => {
  await withFolder(async (folder) => {
    const shim = await needShim(folder, skip);
    const observed = await observe(folder, shim, "lathe");
    expect(observed.flushesWhenSettled).toBeGreaterThan(0);
    expect(observed.flushesWhenReadable).toBeGreaterThan(0);
    expect(observed.turnsWaited).toBeGreaterThan(5);
  });
});

test("F12: while the disk takes two seconds for a flush, timers fire", async ({ skip }) => {
  await withFolder(async (folder) => {
    const shim = await needShim(folder, skip);
    const observed = await observe(folder, shim, "lathe", 2_000);
    expect(observed.flushesWhenSettled).toBeGreaterThan(0);
    // A loop that waited for the flush would turn a few times before and after it.
    expect(observed.turnsWaited).toBeGreaterThan(30);
  });
});

test("L1, positive control: lmdb's own default shows what is not flushed, and the shim notices", async ({
  skip,
}) => {
  await withFolder(async (folder) => {
    const shim = await needShim(folder, skip);
    const observed = await observe(folder, shim, "control");
    expect(observed.flushesWhenReadable).toBe(0);
  });
});

async function observe(folder: string, shim: string, kind: string, slowMs = 300): Promise<Observed> {
  const store = join(folder, kind);
  await mkdir(store);
  const slowFile = join(folder, `${kind}-slow`);
  const child = startChild("slow-sync-child.ts", [store, kind, slowFile], {
    LD_PRELOAD: shim,
    LATHE_SHIM_SLOW: slowFile,
    LATHE_SHIM_SLOW_MS: String(slowMs),
  });
  expect(await child.ended, child.errorText()).toEqual({ code: 0, signal: null });
  return JSON.parse(child.lines.at(-1) ?? "") as Observed;
}
