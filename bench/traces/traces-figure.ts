// How many trace records are kept per second, against LMDB entries and against rows of the store with the same content.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withActor } from "../harness/actor.ts";
import { type FigureDesk, nothingToClose, type RatioFigure, type Readings } from "../ratios/ratio-figure.ts";
import type { WriteCost, Writing } from "./record-writer.ts";
import { recordCountOfTurn } from "./turn-records.ts";

export interface TracesPlan {
  readonly turnCount: number;
}

const ways = ["sink", "commits", "raw"] as const;
type Way = (typeof ways)[number];

const titles: Readonly<Record<Way, string>> = {
  sink: "trace store",
  commits: "rows of the store",
  raw: "raw LMDB",
};
const speedOf = (way: Way): string => `${titles[way]}, records`;
const cpuOf = (way: Way): string => `${titles[way]}, CPU`;

export function tracesFigure(name: string, plan: TracesPlan): RatioFigure {
  return {
    name,
    quantities: ways.flatMap((way) => [
      { name: speedOf(way), unit: "per second" },
      { name: cpuOf(way), unit: "µs per record" },
    ]),
    ratios: [
      { name: "records over raw LMDB", over: speedOf("sink"), under: speedOf("raw"), goal: { atLeast: 0.6 } },
      {
        name: "records over rows of the store",
        over: speedOf("sink"),
        under: speedOf("commits"),
        goal: { atLeast: 0.6 },
      },
      { name: "CPU over raw LMDB", over: cpuOf("sink"), under: cpuOf("raw") },
    ],
    open: (desk) => {
      let round = 0;
      const measure = (): Promise<Readings> => measureRound(plan, desk, round++);
      return Promise.resolve({ measure, close: nothingToClose });
    },
  };
}

const program = fileURLToPath(new URL("record-writer.ts", import.meta.url));

async function measureRound({ turnCount }: TracesPlan, desk: FigureDesk, round: number): Promise<Readings> {
  const recordCount = turnCount * recordCountOfTurn;
  const readings: Record<string, number> = {};
  for (const way of ways) {
    const writing: Writing = { stateDir: join(desk.stateDir, `${way}-${round}`), turnCount };
    const { wallMs, cpuMs } = await withActor(program, desk.pinning.subject, (actor) =>
      actor.ask<WriteCost>(way, writing),
    );
    readings[speedOf(way)] = recordCount / (wallMs / 1_000);
    readings[cpuOf(way)] = (cpuMs * 1_000) / recordCount;
  }
  return readings;
}
