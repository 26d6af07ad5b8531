// A fresh folder for one subject's state, on the disk of the checkout: a temporary folder may be in memory,
// where a write that must survive a power cut costs nothing.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../results/", import.meta.url));

/** Runs `work` with an empty folder and removes the folder afterwards. */
export async function withStateFolder<Result>(work: (stateDir: string) => Promise<Result>): Promise<Result> {
  await mkdir(root, { recursive: true });
  const stateDir = await mkdtemp(join(root, "state-"));
  try {
    return await work(stateDir);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}
