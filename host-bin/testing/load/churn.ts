// L-8: connections of every kind that come and go, half of which end in the middle of their handshake.
import { descriptorCountOf, measure } from "../measured/measure.ts";
import { clientsThatComeAndGo } from "./churning-clients.ts";
import { LoadStage, until } from "./load-stage.ts";

export interface ChurnSeen {
  readonly connectionCount: number;
  readonly descriptorGrowth: number;
  readonly functionGrowth: number;
  readonly rssGrowthBytes: number;
  readonly perSecond: number;
  readonly stderr: string;
}

/** A round is one connection of each kind. */
export async function churn(load: {
  readonly roundCount: number;
  readonly atOnce?: number;
  /** As many as there can be where absent. */
  readonly perSecondMax?: number;
}): Promise<ChurnSeen> {
  await using stage = await LoadStage.open();
  const { daemon } = stage;
  const conversationId = await stage.begin();
  const clients = clientsThatComeAndGo(daemon, conversationId);
  const play = async (count: number): Promise<void> => {
    const { atOnce = 16, perSecondMax = Number.POSITIVE_INFINITY } = load;
    const startedAtMs = performance.now();
    let at = 0;
    const worker = async (): Promise<void> => {
      while (at < count) {
        at += 1;
        const aheadMs = startedAtMs + (at * 1_000) / perSecondMax - performance.now();
        if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
        await clients[at % clients.length]?.();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  await play(5 * clients.length);
  await quiet(() => descriptorCountOf(daemon));
  const before = await measure(daemon);
  const descriptorsBefore = await descriptorCountOf(daemon);
  const connectionCount = load.roundCount * clients.length;
  const startedAtMs = performance.now();
  await play(connectionCount);
  const tookMs = performance.now() - startedAtMs;
  await until(
    async () => (await descriptorCountOf(daemon)) <= descriptorsBefore,
    "the descriptors",
    30_000,
  ).catch(() => undefined);
  const after = await measure(daemon);
  return {
    connectionCount,
    descriptorGrowth: (await descriptorCountOf(daemon)) - descriptorsBefore,
    functionGrowth: after.functionCount - before.functionCount,
    rssGrowthBytes: after.rssBytes - before.rssBytes,
    perSecond: (connectionCount * 1_000) / tookMs,
    stderr: daemon.process.stderr,
  };
}

/** Settles when the number has stayed the same for a while. */
async function quiet(count: () => Promise<number>): Promise<void> {
  let last = -1;
  let sameCount = 0;
  await until(async () => {
    const now = await count();
    sameCount = now === last ? sameCount + 1 : 0;
    last = now;
    return sameCount >= 20;
  }, "the descriptors to stay");
}
