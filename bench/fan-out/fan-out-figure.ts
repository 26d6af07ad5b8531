// What it costs to show one turn to many WebSocket clients, against a bare `ws` server that sends the same texts.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type BenchDaemon,
  helloFrame,
  startBenchDaemon,
  subscribedMark,
  subscribeFrame,
} from "../daemon/bench-daemon.ts";
import { formatModelName } from "../fake-model/answer-plan.ts";
import { startFakeModelServer } from "../fake-model-server.ts";
import { type Actor, withActor } from "../harness/actor.ts";
import type { FigureDesk, Quantity, RatioFigure, Readings } from "../ratios/ratio-figure.ts";
import type { Joining } from "../sockets/audience.ts";

export interface FanOutPlan {
  /** Chunks of the turn; the model sends one each millisecond. */
  readonly chunkCount: number;
  readonly clientCounts: readonly number[];
}

const alone = "a turn that nobody follows";
const wholeOf = (clientCount: number): string => `a turn, clients: ${clientCount}`;
const addedOf = (clientCount: number): string => `what the clients add: ${clientCount}`;
const bareOf = (clientCount: number): string => `bare ws, clients: ${clientCount}`;
const heardOf = (clientCount: number): string => `texts to each, clients: ${clientCount}`;

export function fanOutFigure(name: string, plan: FanOutPlan): RatioFigure {
  return {
    name,
    quantities: quantitiesOf(plan),
    ratios: plan.clientCounts.flatMap((count) => [
      {
        name: `${addedOf(count)}, over bare ws`,
        over: addedOf(count),
        under: bareOf(count),
        goal: { atMost: 1.5 },
      },
      { name: `${wholeOf(count)}, over bare ws`, over: wholeOf(count), under: bareOf(count) },
    ]),
    open: async (desk) => {
      const model = await startFakeModelServer([], desk.pinning.server);
      let round = 0;
      return {
        measure: () => {
          const stateDir = join(desk.stateDir, String(round++));
          return measureRound(plan, { ...desk, stateDir }, model.url);
        },
        close: () => model.close(),
      };
    },
  };
}

function quantitiesOf({ clientCounts }: FanOutPlan): readonly Quantity[] {
  const ms = (name: string): Quantity => ({ name, unit: "CPU ms" });
  return [
    ms(alone),
    ...clientCounts.flatMap((count) => [
      ms(wholeOf(count)),
      ms(addedOf(count)),
      ms(bareOf(count)),
      { name: heardOf(count), unit: "texts" },
    ]),
  ];
}

/** The processes of one round. */
interface Cast {
  readonly daemon: BenchDaemon;
  readonly bare: Actor;
  readonly bareUrl: string;
  readonly audience: Actor;
  readonly model: string;
  /** Where the texts of a turn are handed from the audience to the floor. */
  readonly textFile: string;
}

const audienceProgram = fileURLToPath(new URL("../sockets/audience.ts", import.meta.url));
const bareProgram = fileURLToPath(new URL("../sockets/bare-server.ts", import.meta.url));

function measureRound(plan: FanOutPlan, desk: FigureDesk, modelUrl: string): Promise<Readings> {
  const { pinning, stateDir } = desk;
  const model = formatModelName({ chunks: plan.chunkCount, delay: 1 });
  return withActor(audienceProgram, pinning.server, (audience) =>
    withActor(bareProgram, pinning.subject, async (bare) => {
      const daemon = await startBenchDaemon(stateDir, modelUrl, pinning.subject);
      try {
        const bareUrl = await bare.ask<string>("open");
        const cast: Cast = { daemon, bare, bareUrl, audience, model, textFile: join(stateDir, "texts.json") };
        return await measureCrowds(cast, plan);
      } finally {
        await daemon.actor.close();
      }
    }),
  );
}

/** One client adds so little to a turn that noise can take all of it away. */
const leastMs = 1;

async function measureCrowds(cast: Cast, { chunkCount, clientCounts }: FanOutPlan): Promise<Readings> {
  await warmUp(cast, chunkCount);
  const aloneMs = (await measureTurn(cast, 0)).cpuMs;
  const readings: Record<string, number> = { [alone]: aloneMs };
  for (const count of clientCounts) {
    const { cpuMs, tookMs } = await measureTurn(cast, count);
    readings[wholeOf(count)] = cpuMs;
    readings[addedOf(count)] = Math.max(leastMs, cpuMs - aloneMs);
    // The floor sends what the clients were sent: the same bytes in as many texts, spread over the same time.
    readings[heardOf(count)] = await cast.bare.ask<number>("load", cast.textFile);
    readings[bareOf(count)] = await measureBroadcast(cast, count, tookMs);
  }
  return readings;
}

const warmUpChunks = 1_000;

async function warmUp(cast: Cast, chunkCount: number): Promise<void> {
  const model = formatModelName({ chunks: Math.min(warmUpChunks, chunkCount), delay: 1 });
  const { tookMs } = await measureTurn({ ...cast, model }, 1);
  await cast.bare.ask("load", cast.textFile);
  await measureBroadcast(cast, 1, tookMs);
}

interface TurnCost {
  readonly cpuMs: number;
  readonly tookMs: number;
}

/** What each client hears last of a turn. */
const sealMark = "turn-sealed";

async function measureTurn({ daemon, audience, model, textFile }: Cast, count: number): Promise<TurnCost> {
  const { actor, socket } = daemon;
  const conversationId = await actor.ask<string>("begin");
  const said = [helloFrame, subscribeFrame(conversationId)];
  const joining: Joining = { ...socket, count, said, greeting: subscribedMark };
  await audience.ask("join", joining);
  await audience.ask("listen");
  await actor.ask("settle");
  const startedAtMs = performance.now();
  const before = await actor.ask<number>("cpuUs");
  await actor.ask("turn", { conversationId, model });
  const tookMs = performance.now() - startedAtMs;
  if (count > 0) await audience.ask("heard", sealMark);
  await actor.ask("settle");
  const cpuMs = ((await actor.ask<number>("cpuUs")) - before) / 1_000;
  if (count > 0) await audience.ask("write", textFile);
  await audience.ask("leave");
  return { cpuMs, tookMs };
}

async function measureBroadcast(
  { bare, bareUrl, audience }: Cast,
  count: number,
  spreadMs: number,
): Promise<number> {
  const joining: Joining = { url: bareUrl, headers: {}, count, said: [], greeting: "hello" };
  await audience.ask("join", joining);
  await audience.ask("listen");
  const before = await bare.ask<number>("cpuUs");
  await bare.ask("broadcast", spreadMs);
  await audience.ask("heard", sealMark);
  const cpuMs = ((await bare.ask<number>("cpuUs")) - before) / 1_000;
  await audience.ask("leave");
  return cpuMs;
}
