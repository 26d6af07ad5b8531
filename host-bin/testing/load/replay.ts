// L-6: many read a long conversation from its beginning, at once.
import { measure } from "../measured/measure.ts";
import { countHistories } from "./histories.ts";
import { LoadStage, until } from "./load-stage.ts";
import type { Witness } from "./witness.ts";

export interface ReplaySeen {
  readonly completeCount: number;
  readonly historyCount: number;
  readonly loopDelayMsMax: number;
  readonly loopDelayMsP99: number;
  /** What the daemon holds in the middle of it, without its garbage. */
  readonly heldGrowthBytes: number;
  readonly rssGrowthBytes: number;
  readonly tookMs: number;
  readonly entriesPerSecond: number;
  readonly firstMs: number;
}

/** Half of them over each transport. */
export async function replayAtOnce(load: {
  readonly entryCount: number;
  readonly clientCount: number;
}): Promise<ReplaySeen> {
  const { entryCount, clientCount } = load;
  await using stage = await LoadStage.open({ entryCount });
  const { daemon, conversationId } = stage;
  const before = await measure(daemon);
  const startedAtMs = performance.now();
  const witnesses = await stage.witnesses(clientCount, conversationId);
  await until(() => witnesses.every(({ eventCount }) => eventCount > 0), "the first event");
  const firstMs = performance.now() - startedAtMs;
  const isOver = (witness: Witness): boolean => witness.isClosed || witness.lastSeq >= entryCount;
  await until(() => witnesses.every(isOver), "the last entry", 600_000);
  const tookMs = performance.now() - startedAtMs;
  const after = await measure(daemon);
  const heldGrowthBytes = (await heldInReplay(stage, load)) - before.heapBytes;
  return {
    completeCount: witnesses.filter(({ lastSeq }) => lastSeq === entryCount).length,
    historyCount: countHistories(witnesses),
    loopDelayMsMax: after.loopDelayMs.max,
    loopDelayMsP99: after.loopDelayMs.p99,
    heldGrowthBytes,
    rssGrowthBytes: after.rssBytes - before.rssBytes,
    tookMs,
    entriesPerSecond: (entryCount * clientCount * 1_000) / tookMs,
    firstMs,
  };
}

/** As many again, of whom nobody reads on when he has begun: what waits for them then is all that there ever is. */
async function heldInReplay(stage: LoadStage, load: { readonly clientCount: number }): Promise<number> {
  const { daemon, conversationId } = stage;
  const witnesses = await stage.witnesses(load.clientCount, conversationId);
  for (const witness of witnesses) witness.pause();
  let heldBytesMax = 0;
  // Each measurement gives the replays time to go on, as far as anything waits for clients that do not read.
  for (let count = 0; count < 4; count += 1)
    heldBytesMax = Math.max(heldBytesMax, (await measure(daemon)).heapBytes);
  for (const witness of witnesses) witness.leave();
  return heldBytesMax;
}
