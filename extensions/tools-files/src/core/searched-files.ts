// Which files a search reads, in which portions.
import { FileAccessError, type RootedFiles } from "@lathe/kernel";
import type { SearchReport } from "./search-report.ts";
import { skippedFolderNames } from "./skipped-folders.ts";

const filesAtOnce = 32;
const bytesAtOnce = 1_048_576;

export interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface FileText {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Gathering {
  readonly files: RootedFiles;
  readonly isIncluded: (path: string) => boolean;
  readonly report: SearchReport;
  readonly signal: AbortSignal;
}

/** The files to search, in batches that are small enough to be read and matched at once. Throws FileAccessError. */
export async function* gatherBatches(
  path: string,
  { files, isIncluded, report, signal }: Gathering,
): AsyncGenerator<readonly FoundFile[]> {
  let batch: FoundFile[] = [];
  let batchBytes = 0;
  for await (const file of walkOrSelf(path, files, signal)) {
    report.countSeen();
    if (report.isSpent) break;
    if (!isIncluded(file.path) || !report.admit(file.sizeBytes)) continue;
    batch.push(file);
    batchBytes += file.sizeBytes;
    if (batch.length < filesAtOnce && batchBytes < bytesAtOnce) continue;
    yield batch;
    batch = [];
    batchBytes = 0;
  }
  if (batch.length > 0) yield batch;
}

async function* walkOrSelf(path: string, files: RootedFiles, signal: AbortSignal): AsyncGenerator<FoundFile> {
  try {
    for await (const entry of files.walk(path, { signal, skipFolderNames: skippedFolderNames })) {
      if (entry.kind === "file") yield entry;
    }
  } catch (error) {
    if (!(error instanceof FileAccessError) || error.code !== "not-a-folder") throw error;
    const { sizeBytes } = await files.read(path, { offset: 0, bytesMax: 0 });
    yield { path, sizeBytes };
  }
}

/** What can be read of a batch. A file that grew since it was found is read up to the size that was admitted. */
export async function readBatch(
  batch: readonly FoundFile[],
  files: RootedFiles,
  report: SearchReport,
): Promise<FileText[]> {
  const reading = batch.map(async ({ path, sizeBytes }): Promise<FileText | undefined> => {
    try {
      return { path, bytes: (await files.read(path, { offset: 0, bytesMax: sizeBytes })).bytes };
    } catch (error) {
      if (!(error instanceof FileAccessError)) throw error;
      report.countUnreadable();
      return undefined;
    }
  });
  return (await Promise.all(reading)).filter((text) => text !== undefined);
}
