// Copies a store to a folder, which appears as a whole or not at all.
import { randomBytes } from "node:crypto";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Watermarks } from "../core/watermark.ts";
import { StateCareError } from "../state-care-error.ts";
import type { Copy } from "./care-jobs.ts";
import { type CareOptions, runCare } from "./run-care.ts";
import { careErrorOf, refuseDamage } from "./verify-store.ts";

export interface BackupOptions extends CareOptions {
  /** Absolute path; absent or an empty folder. */
  readonly target: string;
  readonly compact: boolean;
  readonly alone: boolean;
  /** What the target's disk must have left. */
  readonly marks: Watermarks;
}

/**
 * Settles when the copy is durable, was read, and has its name. Throws StateCareError; then nothing is left of it.
 *
 * It is made beside the target and renamed, so that half a copy is never taken for one.
 */
export async function backUpStore(folder: string, options: BackupOptions): Promise<Copy> {
  const { target: asked, compact, alone, marks, ...care } = options;
  const target = resolve(asked);
  await refuseTarget(folder, target);
  const beside = join(dirname(target), `.${basename(target)}.partial-${randomBytes(4).toString("hex")}`);
  await mkdir(beside, { mode: 0o700 }).catch(throwBadFolder(dirname(target)));
  try {
    const end = await runCare({ kind: "copy", folder, target: beside, compact, alone, marks }, care);
    if (end.kind !== "copied") throw careErrorOf(end);
    refuseDamage(end.copy.walk);
    await syncFolder(beside);
    await rename(beside, target).catch(throwBadFolder(target));
    await syncFolder(dirname(target));
    return end.copy;
  } catch (failure) {
    await rm(beside, { recursive: true, force: true });
    throw failure;
  }
}

/** Settles when the names in a folder are durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function refuseTarget(folder: string, target: string): Promise<void> {
  if (`${target}/`.startsWith(`${resolve(folder)}/`))
    throw badFolder(target, "it is inside of the store itself");
  const found = await lstat(target).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw badFolder(target, "it is no folder");
  if ((await readdir(target).catch(throwBadFolder(target))).length > 0)
    throw badFolder(target, "it is not empty");
}

function badFolder(path: string, why: string, options?: ErrorOptions): StateCareError {
  return new StateCareError(
    "bad-folder",
    `The folder ${path} cannot take a backup: ${why}. Name one that is absent or empty, in a folder that can be written to.`,
    options,
  );
}

function throwBadFolder(path: string): (cause: NodeJS.ErrnoException) => never {
  return (cause) => {
    throw badFolder(path, cause.code ?? cause.message, { cause });
  };
}
