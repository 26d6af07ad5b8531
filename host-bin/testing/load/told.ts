// L-2: one turn, told to many.
import { chatEnd } from "../chat-answers.ts";
import { measure } from "../measured/measure.ts";
import { countDiffering, countHistories } from "./histories.ts";
import { LoadStage, until } from "./load-stage.ts";
import { type Latency, Monologue } from "./monologue.ts";

export interface ToldSeen {
  /** Different histories among those who followed to the end; 1 = all are the same. */
  readonly historyCount: number;
  /** Who was told a step differently in pieces than as a whole. */
  readonly differingCount: number;
  readonly closedCount: number;
  readonly eventCountMin: number;
  /** From the moment at which the model says something to that at which a subscriber hears it. */
  readonly latencyMs: Latency;
  readonly rssGrowthBytes: number;
  readonly cpuMs: number;
}

/** A piece every `everyMs`, or as fast as they read where it is absent. */
export async function tellMany(load: {
  readonly subscriberCount: number;
  readonly chunkCount: number;
  readonly everyMs?: number;
}): Promise<ToldSeen> {
  await using stage = await LoadStage.open();
  const { daemon } = stage;
  const conversationId = await stage.begin();
  const witnesses = await stage.witnesses(load.subscriberCount, conversationId);
  const monologue = new Monologue(load.chunkCount, witnesses, { everyMs: load.everyMs, aheadCountMax: 1 });
  const before = await measure(daemon);
  stage.stage.server.next({ pieces: [...monologue.pieces, chatEnd()] });
  const { seq } = await stage.send(conversationId, "Tell everyone.");
  const lastSeq = seq + 4;
  await until(() => witnesses.every((witness) => witness.isClosed || witness.lastSeq >= lastSeq), "the seal");
  const after = await measure(daemon);
  return {
    historyCount: countHistories(witnesses),
    differingCount: countDiffering(witnesses),
    closedCount: witnesses.filter(({ isClosed }) => isClosed).length,
    eventCountMin: Math.min(...witnesses.map(({ eventCount }) => eventCount)),
    latencyMs: monologue.latencyMs,
    rssGrowthBytes: after.rssBytes - before.rssBytes,
    cpuMs: after.cpuMs - before.cpuMs,
  };
}
