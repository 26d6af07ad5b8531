// How long a daemon needs until it is ready, on a store that has been used for years and on one that is empty.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withActor } from "../harness/actor.ts";
import { measureStart } from "../harness/start-time.ts";
import { latheUp } from "../harness/starts.ts";
import { spreadOf } from "../harness/statistics.ts";
import type { RatioFigure, Readings } from "../ratios/ratio-figure.ts";
import type { Filling } from "./fill-store.ts";

export interface FullStartPlan {
  readonly conversationCount: number;
  readonly traceRecordCount: number;
  /** Starts of each store in a round. */
  readonly startCount: number;
}

const empty = "on an empty store";
const full = "on a full store";

export function fullStartFigure(name: string, plan: FullStartPlan): RatioFigure {
  return {
    name,
    quantities: [
      { name: empty, unit: "ms until ready" },
      { name: full, unit: "ms until ready" },
    ],
    ratios: [{ name: "full over empty", over: full, under: empty, goal: { atMost: 1.5 } }],
    open: async ({ stateDir }) => {
      const emptyDir = join(stateDir, "empty");
      const fullDir = join(stateDir, "full");
      const { conversationCount, traceRecordCount } = plan;
      const filling: Filling = { stateDir: fullDir, conversationCount, traceRecordCount };
      await withActor(program, [], (actor) => actor.ask("fill", filling));
      // Making a store is no part of it: both are opened by a daemon before.
      for (const folder of [emptyDir, fullDir]) await measureStart(latheUp(folder));
      return {
        measure: () => measureRound(plan, emptyDir, fullDir),
        close: () => Promise.resolve(),
      };
    },
  };
}

const program = fileURLToPath(new URL("fill-store.ts", import.meta.url));

async function measureRound(
  { startCount }: FullStartPlan,
  emptyDir: string,
  fullDir: string,
): Promise<Readings> {
  const times: Record<string, number[]> = { [empty]: [], [full]: [] };
  for (let start = 0; start < startCount; start += 1) {
    times[empty]?.push((await measureStart(latheUp(emptyDir))).readyMs);
    times[full]?.push((await measureStart(latheUp(fullDir))).readyMs);
  }
  const medianOf = (name: string): number => spreadOf(times[name] ?? [])?.median ?? Number.NaN;
  return { [empty]: medianOf(empty), [full]: medianOf(full) };
}
