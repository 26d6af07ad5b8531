// Records a process that commits, cuts its power at random moments, and has every image that this leaves examined.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildShim, startChild } from "../child.ts";
import { RandomNumbers } from "../random-numbers.ts";
import { DiskModel } from "./disk-model.ts";
import { examineImages } from "./examine-images.ts";
import { type JournalRecord, readJournal } from "./journal.ts";
import type { Begun } from "./workload.ts";

export interface CampaignOptions {
  readonly imageCount: number;
  readonly seed: number;
  /** `no-sync`: the positive control, the same store over an environment that never flushes. */
  readonly kind: "lathe" | "no-sync";
}

export interface CampaignReport {
  readonly imageCount: number;
  readonly bad: readonly { readonly image: number; readonly problem: string }[];
  /** Over all images; each had at least one of each. */
  readonly acknowledgedCount: number;
  readonly inFlightCount: number;
  readonly pendingPageCount: number;
  /** Flushes in all recordings. */
  readonly flushCount: number;
}

// New recordings bring other orders of writes; many images of one are cheap.
const imagesPerRecording = 30;
const commitsPerRecording = 160;

/** Undefined where this machine cannot build the shim. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "lathe-power-loss-"));
  try {
    const shim = await buildShim(folder, "power-loss/recording-shim.c");
    if (shim === undefined) return undefined;
    const parts: CampaignReport[] = [];
    for (let done = 0; done < options.imageCount; done += imagesPerRecording) {
      const imageCount = Math.min(imagesPerRecording, options.imageCount - done);
      const seed = options.seed + done;
      const work = join(folder, String(done));
      await mkdir(work);
      parts.push(await oneRecording(work, shim, { ...options, imageCount, seed }, done));
      await rm(work, { recursive: true });
    }
    return parts.reduce(sum);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function oneRecording(
  folder: string,
  shim: string,
  { imageCount, seed, kind }: CampaignOptions,
  firstImage: number,
): Promise<CampaignReport> {
  const records = await recordCommits(folder, shim, kind, seed);
  const random = new RandomNumbers(seed);
  const cuts = chooseCuts(records, imageCount, random);
  const folders = await writeImages(folder, records, cuts, random);
  const problems = await examineImages(folders.map(({ path }) => path));
  return {
    imageCount: folders.length,
    bad: problems.flatMap((problem, at) => (problem === null ? [] : [{ image: firstImage + at, problem }])),
    acknowledgedCount: folders.reduce((count, image) => count + image.acknowledgedCount, 0),
    inFlightCount: folders.reduce((count, image) => count + image.inFlightCount, 0),
    pendingPageCount: folders.reduce((count, image) => count + image.pendingPageCount, 0),
    flushCount: records.filter((record) => record.kind === "flush").length,
  };
}

async function recordCommits(
  folder: string,
  shim: string,
  kind: string,
  seed: number,
): Promise<readonly JournalRecord[]> {
  const store = join(folder, "recorded");
  await mkdir(store);
  const journal = join(folder, "journal");
  const args = [store, kind, String(seed), String(commitsPerRecording)];
  const child = startChild("power-loss/writing-child.ts", args, { LD_PRELOAD: shim, LATHE_JOURNAL: journal });
  const { signal } = await child.ended;
  if (signal !== "SIGKILL") throw new Error(`The recorded process failed: ${child.errorText()}`);
  return readJournal(await readFile(journal));
}

/** How a journal stands after some of its records. */
class Moment {
  readonly disk: DiskModel = new DiskModel();
  readonly begun: Begun[] = [];
  readonly acknowledged: Begun[] = [];

  take(record: JournalRecord): void {
    this.disk.apply(record);
    if (record.kind !== "note") return;
    const { note } = record;
    if (note.kind === "begun") this.begun.push(note);
    else this.acknowledged.push(...this.begun.filter(({ id }) => id === note.id));
  }

  /** Something was acknowledged, something is on its way, and something of it is not flushed. */
  get tells(): boolean {
    const { acknowledged, begun, disk } = this;
    return acknowledged.length > 0 && begun.length > acknowledged.length && disk.pendingPageCount > 0;
  }
}

/** Numbers of records after which the power is cut, ascending. */
function chooseCuts(
  records: readonly JournalRecord[],
  count: number,
  random: RandomNumbers,
): readonly number[] {
  const moment = new Moment();
  const possible: number[] = [];
  for (const [at, record] of records.entries()) {
    moment.take(record);
    if (moment.tells) possible.push(at);
  }
  if (possible.length === 0) throw new Error("Nothing was in flight at any moment of the recording.");
  const chosen = Array.from({ length: count }, () => possible[random.below(possible.length)] as number);
  return chosen.sort((left, right) => left - right);
}

interface Image {
  readonly path: string;
  readonly acknowledgedCount: number;
  readonly inFlightCount: number;
  readonly pendingPageCount: number;
}

async function writeImages(
  folder: string,
  records: readonly JournalRecord[],
  cuts: readonly number[],
  random: RandomNumbers,
): Promise<readonly Image[]> {
  const moment = new Moment();
  const images: Image[] = [];
  let taken = 0;
  for (const cut of cuts) {
    for (; taken <= cut; taken++) moment.take(records[taken] as JournalRecord);
    const { disk, begun, acknowledged } = moment;
    const path = join(folder, `image-${images.length}`);
    await mkdir(join(path, "store"), { recursive: true });
    await writeFile(join(path, "store", "data.mdb"), disk.image(random));
    await writeFile(join(path, "expected.json"), JSON.stringify({ acknowledged, begun }));
    images.push({
      path,
      acknowledgedCount: acknowledged.length,
      inFlightCount: begun.length - acknowledged.length,
      pendingPageCount: disk.pendingPageCount,
    });
  }
  return images;
}

function sum(left: CampaignReport, right: CampaignReport): CampaignReport {
  return {
    imageCount: left.imageCount + right.imageCount,
    bad: [...left.bad, ...right.bad],
    acknowledgedCount: left.acknowledgedCount + right.acknowledgedCount,
    inFlightCount: left.inFlightCount + right.inFlightCount,
    pendingPageCount: left.pendingPageCount + right.pendingPageCount,
    flushCount: left.flushCount + right.flushCount,
  };
}
