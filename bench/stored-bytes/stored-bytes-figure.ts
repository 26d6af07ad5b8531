// What one turn adds to the store, early and late in a conversation.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatModelName } from "../fake-model/answer-plan.ts";
import { startFakeModelServer } from "../fake-model-server.ts";
import { withActor } from "../harness/actor.ts";
import type { Quantity, RatioFigure, Readings } from "../ratios/ratio-figure.ts";
import type { Added, Weighing } from "./conversation.ts";
import { kinds, type StoredKind } from "./kinds.ts";

export interface StoredBytesPlan {
  /** Counted from 1, ascending, two at least: what the last one adds is compared with what each of the others does. */
  readonly turns: readonly number[];
}

const nameOf = (turn: number, kind: StoredKind | "all"): string => `turn ${turn}, ${kind}`;

export function storedBytesFigure(name: string, { turns }: StoredBytesPlan): RatioFigure {
  const last = turns.at(-1) ?? 0;
  return {
    name,
    quantities: turns.flatMap((turn) =>
      [...kinds, "all" as const].map((kind): Quantity => ({ name: nameOf(turn, kind), unit: "bytes" })),
    ),
    ratios: turns.slice(0, -1).map((turn) => ({
      name: `turn ${last} over turn ${turn}`,
      over: nameOf(last, "all"),
      under: nameOf(turn, "all"),
      goal: { atMost: 1.1 },
    })),
    open: async ({ pinning, stateDir }) => {
      const model = await startFakeModelServer([], pinning.server);
      let round = 0;
      const measure = (): Promise<Readings> =>
        measureRound({
          stateDir: join(stateDir, String(round++)),
          modelUrl: model.url,
          model: formatModelName({ steps: 1, chunks: 50 }),
          turns,
        });
      return { measure, close: () => model.close() };
    },
  };
}

const program = fileURLToPath(new URL("conversation.ts", import.meta.url));

async function measureRound(weighing: Weighing): Promise<Readings> {
  const added = await withActor(program, [], (actor) => actor.ask<readonly Added[]>("weigh", weighing));
  const readings: Record<string, number> = {};
  for (const [index, turn] of weighing.turns.entries()) {
    const ofTurn = added[index];
    if (ofTurn === undefined) throw new Error(`Turn ${turn} was not weighed.`);
    for (const kind of kinds) readings[nameOf(turn, kind)] = ofTurn[kind];
    readings[nameOf(turn, "all")] = kinds.reduce((sum, kind) => sum + ofTurn[kind], 0);
  }
  return readings;
}
