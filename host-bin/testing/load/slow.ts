// L-3: some never read, some read slowly, and the model says more than what may wait for any of them.
import { chatEnd } from "../chat-answers.ts";
import { measure, rssOf } from "../measured/measure.ts";
import { countDiffering, countHistories } from "./histories.ts";
import { LoadStage, until } from "./load-stage.ts";
import { type Latency, Monologue } from "./monologue.ts";
import type { Closing, Witness } from "./witness.ts";

export interface SlowSeen {
  readonly readersCut: number;
  readonly readersDiffering: number;
  /** Among everyone, when the slow ones have come back and read the rest. */
  readonly historyCount: number;
  readonly neverClosings: Readonly<Record<string, number>>;
  readonly slowClosings: Readonly<Record<string, number>>;
  /** In the last turn. */
  readonly readerLatencyMs: Latency;
  /** What the daemon holds, without its garbage; at its highest behind any of the turns. */
  readonly heldGrowthBytes: number;
  readonly rssGrowthBytes: number;
}

/** Those who did not keep up are told why, where that is possible, and come back for the rest. */
export async function tellWithSlowOnes(load: {
  readonly readerCount: number;
  readonly neverCount: number;
  readonly slowCount: number;
}): Promise<SlowSeen> {
  const bound = { unsentBytesMax: 262_144 };
  await using stage = await LoadStage.open({ http: { ...bound, closeGraceMs: 60_000 }, ws: bound });
  const { daemon } = stage;
  const conversationId = await stage.begin();
  const readers = await stage.witnesses(load.readerCount, conversationId);
  const never = await stage.witnesses(load.neverCount, conversationId);
  const slow = await stage.witnesses(load.slowCount, conversationId);
  const before = await measure(daemon);
  for (const witness of never) witness.pause();
  for (const witness of slow) witness.readSlowly(1_000);
  let heldBytesMax = 0;
  const rssBytesBefore = await rssOf(daemon);
  let rssBytesMax = 0;
  const latencies: Latency[] = [];
  let lastSeq = 0;
  // The operating system keeps some mebibytes for each connection before anything waits in the daemon.
  for (let turn = 0; turn < turnCount; turn += 1) {
    const monologue = new Monologue(chunkCount, readers, { filling: "x".repeat(chunkLength) });
    stage.stage.server.next({ pieces: [...monologue.pieces, chatEnd()] });
    lastSeq = (await stage.send(conversationId, "Tell everyone.")).seq + 4;
    await until(() => readers.every((witness) => witness.isClosed || witness.lastSeq >= lastSeq), "the seal");
    latencies.push(monologue.latencyMs);
    rssBytesMax = Math.max(rssBytesMax, await rssOf(daemon));
    heldBytesMax = Math.max(heldBytesMax, (await measure(daemon)).heapBytes);
  }
  for (const witness of [...never, ...slow]) witness.resume();
  const closings = async (witnesses: readonly Witness[]) => {
    await until(
      () => witnesses.every((witness) => witness.isClosed || witness.lastSeq >= lastSeq),
      "the rest",
    );
    return tally(await Promise.all(witnesses.map((witness) => (witness.isClosed ? witness.closed : keptUp))));
  };
  const [neverClosings, slowClosings] = [await closings(never), await closings(slow)];
  const back = await Promise.all(
    [...never, ...slow].map(async (left) => {
      const again = await stage.witness(left.transport, conversationId, left);
      await until(() => again.lastSeq >= lastSeq, "the rest");
      return again;
    }),
  );
  return {
    readersCut: readers.filter(({ isClosed }) => isClosed).length,
    readersDiffering: countDiffering(readers),
    historyCount: countHistories([...readers, ...back]),
    neverClosings,
    slowClosings,
    readerLatencyMs: latencies.at(-1) as Latency,
    heldGrowthBytes: heldBytesMax - before.heapBytes,
    rssGrowthBytes: rssBytesMax - rssBytesBefore,
  };
}

const turnCount = 7;
const chunkCount = 64;
const chunkLength = 16_384;

const keptUp = { kind: "kept up" } as const;

function tally(closings: readonly (Closing | typeof keptUp)[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const closing of closings) {
    const name = closing.kind === "closed" ? `closed ${closing.code}` : closing.kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
