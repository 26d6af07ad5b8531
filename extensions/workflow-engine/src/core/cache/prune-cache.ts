// Takes away answers, and what was last asked where, that are too old to be asked for again.
import type { JsonValue, Key, PruneOutcome, Row, Storage } from "@lathe/kernel";
import { allAnswersPrefix, allSitesPrefix } from "../log/keys.ts";
import type { KeptAnswer } from "./step-cache.ts";

const pageSize = 500;

/** @param keptSinceMs what is older goes, in milliseconds since 1970 */
export async function pruneCache(
  storage: Pick<Storage, "list" | "commit">,
  keptSinceMs: number,
  signal: AbortSignal,
): Promise<PruneOutcome> {
  const answers = await pruneRows(
    storage,
    allAnswersPrefix,
    (value) => answerAtMs(value) < keptSinceMs,
    signal,
  );
  await pruneRows(storage, allSitesPrefix, (value) => siteAtMs(value) < keptSinceMs, signal);
  return answers;
}

async function pruneRows(
  storage: Pick<Storage, "list" | "commit">,
  prefix: Key,
  isOld: (value: JsonValue) => boolean,
  signal: AbortSignal,
): Promise<PruneOutcome> {
  let removedCount = 0;
  let freedBytes = 0;
  for (let after: Key | undefined; !signal.aborted; ) {
    const rows: readonly Row[] = await storage.list({
      ...{ prefix, limit: pageSize },
      ...(after === undefined ? {} : { after }),
    });
    const old = rows.filter(({ value }) => isOld(value));
    if (old.length > 0) await storage.commit({ deletes: old.map(({ key }) => key) });
    removedCount += old.length;
    for (const { value } of old) freedBytes += JSON.stringify(value).length;
    if (rows.length < pageSize) break;
    after = rows.at(-1)?.key;
  }
  return { removedCount, freedBytes };
}

/** A row that is not what was written is no answer: it goes first. */
function answerAtMs(value: JsonValue): number {
  const row = value as { readonly answer?: Partial<KeptAnswer> } | null;
  return row?.answer?.atMs ?? 0;
}

function siteAtMs(value: JsonValue): number {
  return (value as { readonly atMs?: number } | null)?.atMs ?? 0;
}
