// What a helper process does with a store that it was given. It reads the store, and writes elsewhere only.
import { existsSync } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { judgeSpace } from "../core/watermark.ts";
import type { CareJob, CareMessage, CareProgress, Copy } from "./care-jobs.ts";
import { readFreeSpace } from "./free-space.ts";
import { refuseStranger } from "./lmdb-file.ts";
import { judgeFormat, versionsKey } from "./marks.ts";
import { type Database, openDatabase, sizesOf } from "./open-database.ts";
import { refuseOtherProcesses } from "./other-processes.ts";
import { dataFile, lockFile, preparePrivateFiles } from "./private-files.ts";
import { walkDatabase } from "./walk-database.ts";

const progressIntervalMs = 200;

type Tell = (progress: CareProgress) => void;

/** Never rejects. */
export async function doCareJob(job: CareJob, tell: Tell): Promise<CareMessage> {
  try {
    const database = await openAsReader(job.folder, job.alone);
    const message: CareMessage =
      job.kind === "walk"
        ? { kind: "walked", walk: await walkDatabase(database, rowTeller(tell)) }
        : await copy(database, job, tell);
    await database.close();
    return message;
  } catch (cause) {
    return { kind: "failed", message: cause instanceof Error ? cause.message : String(cause) };
  }
}

async function openAsReader(folder: string, alone: boolean): Promise<Database> {
  await refuseStranger(folder);
  if (!existsSync(join(folder, dataFile))) throw new Error(`There is no store in ${folder}.`);
  await preparePrivateFiles(folder);
  const database = openDatabase(folder, { readOnly: true });
  if (alone) await refuseOtherProcesses(database, folder, versionsKey);
  judgeFormat(database, folder);
  return database;
}

async function copy(
  source: Database,
  job: CareJob & { readonly kind: "copy" },
  tell: Tell,
): Promise<CareMessage> {
  const { folder, target, compact, marks } = job;
  const bytes = compact ? sizesOf(source).usedBytes : (await stat(join(folder, dataFile))).size;
  const { freeBytes, sizeBytes } = readFreeSpace(target);
  if (judgeSpace(freeBytes - bytes, sizeBytes, marks, "enough") === "full")
    return { kind: "no-space", message: noSpace(bytes, freeBytes) };
  const stop = startTelling(join(target, dataFile), bytes, tell);
  await source.backup(target, compact);
  stop();
  return { kind: "copied", copy: await readBack(target, tell) };
}

/** Settles when the copy is durable and was read. */
async function readBack(target: string, tell: Tell): Promise<Copy> {
  const path = join(target, dataFile);
  const file = await open(path, "r+");
  try {
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
  const database = openDatabase(target, { readOnly: true });
  const walk = await walkDatabase(database, rowTeller(tell));
  await database.close();
  await rm(join(target, lockFile));
  return { fileBytes: (await stat(path)).size, walk };
}

function startTelling(path: string, totalCount: number, tell: Tell): () => void {
  let doneCount = -1;
  const look = async (): Promise<void> => {
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    // Silence is how one notices that nothing moves.
    if (size === doneCount) return;
    doneCount = size;
    tell({ doneCount, totalCount, unit: "bytes" });
  };
  const timer = setInterval(() => void look(), progressIntervalMs);
  return () => clearInterval(timer);
}

function rowTeller(tell: Tell): (doneCount: number, totalCount: number) => void {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return (doneCount, totalCount) => {
    const nowMs = performance.now();
    if (nowMs - toldAtMs < progressIntervalMs) return;
    toldAtMs = nowMs;
    tell({ doneCount, totalCount, unit: "rows" });
  };
}

function noSpace(bytes: number, freeBytes: number): string {
  const mebibytes = (count: number): number => Math.ceil(count / 2 ** 20);
  return `The copy takes up to ${mebibytes(bytes)} MiB, and ${mebibytes(freeBytes)} MiB are free, of which some must stay so. Choose another disk, or free some space.`;
}
