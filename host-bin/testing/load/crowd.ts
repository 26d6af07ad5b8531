// Very many at once: sockets that follow conversations, and turns in all of these conversations.
import type { Admission } from "@lathe/kernel";
import { chatEnd, chatText } from "../chat-answers.ts";
import { descriptorCountOf, measure } from "../measured/measure.ts";
import { LoadStage, until } from "./load-stage.ts";
import { type Latency, latencyOf } from "./monologue.ts";
import type { Witness } from "./witness.ts";

export interface CrowdSeen {
  readonly descriptorCount: number;
  readonly closedCount: number;
  readonly completeCount: number;
  /** From a message to its answer. */
  readonly admissionMs: Latency;
  /** From the first message to the last seal that anybody was told of. */
  readonly tookMs: number;
  /** How long it would take at the pace of the models alone. */
  readonly atLeastMs: number;
  /** Of one processor, in that time. */
  readonly cpuShare: number;
  readonly loopDelayMs: { readonly max: number; readonly p99: number };
  readonly rssBytes: number;
}

const chunkCount = 100;

/** The sockets are spread over the conversations, and each of these has one turn, all at the same time. */
export async function crowd(load: {
  readonly socketCount: number;
  readonly turnCount: number;
  readonly chunkEveryMs: number;
}): Promise<CrowdSeen> {
  const { socketCount, turnCount, chunkEveryMs } = load;
  await using stage = await LoadStage.open();
  const { daemon } = stage;
  stage.stage.server.otherwise = () => ({ pieces: pacedAnswer(chunkEveryMs) });
  const ids: string[] = [];
  for (let count = 0; count < turnCount; count += 1) ids.push(await stage.begin());
  const witnesses: Witness[] = [];
  for (const id of ids) witnesses.push(...(await stage.witnesses(Math.ceil(socketCount / turnCount), id)));
  const before = await measure(daemon);
  const startedAtMs = performance.now();
  const admissionsMs: number[] = [];
  const admissions = await Promise.all(
    ids.map(async (id): Promise<Admission> => {
      const admission = await stage.send(id, "Begin.");
      admissionsMs.push(performance.now() - startedAtMs);
      return admission;
    }),
  );
  const lastSeq = (admissions[0]?.seq ?? 0) + 4;
  const isOver = (witness: Witness): boolean => witness.isClosed || witness.lastSeq >= lastSeq;
  await until(() => witnesses.every(isOver), "the seals", 300_000);
  const tookMs = performance.now() - startedAtMs;
  const descriptorCount = await descriptorCountOf(daemon);
  const after = await measure(daemon);
  return {
    descriptorCount,
    closedCount: witnesses.filter(({ isClosed }) => isClosed).length,
    completeCount: witnesses.filter(
      (witness) => witness.differing.length === 0 && witness.lastSeq === lastSeq,
    ).length,
    admissionMs: latencyOf(admissionsMs),
    tookMs,
    atLeastMs: chunkCount * chunkEveryMs,
    cpuShare: (after.cpuMs - before.cpuMs) / tookMs,
    loopDelayMs: after.loopDelayMs,
    rssBytes: after.rssBytes,
  };
}

function pacedAnswer(everyMs: number): (string | (() => Promise<void>))[] {
  const startedAtMs = performance.now();
  const said = Array.from({ length: chunkCount }, (_, at) => [
    async (): Promise<void> => {
      const aheadMs = startedAtMs + at * everyMs - performance.now();
      if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
    },
    chatText(`word ${at} `),
  ]);
  return [...said.flat(), chatEnd()];
}
