// L-1: many who follow a conversation in which nothing happens.
import { measure } from "../measured/measure.ts";
import { LoadStage, until } from "./load-stage.ts";
import type { Witness } from "./witness.ts";

export interface IdleSeen {
  readonly openCount: number;
  readonly closedCount: number;
  readonly bytesPerConnection: number;
  readonly rssBytes: number;
  /** Of the time, in the heartbeats alone. */
  readonly cpuShare: number;
}

/** Half of them over each transport, through so many heartbeats. */
export async function stayIdle(load: {
  readonly perTransport: number;
  readonly heartbeatMs: number;
  readonly heartbeatCount: number;
}): Promise<IdleSeen> {
  const { perTransport, heartbeatMs, heartbeatCount } = load;
  await using stage = await LoadStage.open({ ws: { heartbeatMs }, http: { pingIntervalMs: heartbeatMs } });
  const { daemon } = stage;
  const conversationId = await stage.begin();
  // What the first connections of a daemon load is no cost of the others.
  await stage.witnesses(20, conversationId);
  const before = await measure(daemon);
  const witnesses = await stage.witnesses(2 * perTransport, conversationId);
  const opened = await measure(daemon);
  const startedAtMs = performance.now();
  const pingCounts = witnesses.map(({ pingCount }) => pingCount);
  const isThrough = (witness: Witness, at: number): boolean =>
    witness.isClosed || witness.pingCount >= (pingCounts[at] ?? 0) + heartbeatCount;
  await until(() => witnesses.every(isThrough), "the heartbeats", heartbeatMs * heartbeatCount * 10 + 60_000);
  const after = await measure(daemon);
  const closedCount = witnesses.filter(({ isClosed }) => isClosed).length;
  return {
    openCount: witnesses.length - closedCount,
    closedCount,
    bytesPerConnection: (after.rssBytes - before.rssBytes) / witnesses.length,
    rssBytes: after.rssBytes,
    cpuShare: (after.cpuMs - opened.cpuMs) / (performance.now() - startedAtMs),
  };
}
