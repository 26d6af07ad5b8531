// The figures that are ratios of quantities of one round.

import { catchUpFigure } from "../catch-up/catch-up-figure.ts";
import { fanOutFigure } from "../fan-out/fan-out-figure.ts";
import { fullStartFigure } from "../full-start/full-start-figure.ts";
import { storedBytesFigure } from "../stored-bytes/stored-bytes-figure.ts";
import { tracesFigure } from "../traces/traces-figure.ts";
import { agentsFigure } from "../workflows/agents-figure.ts";
import { crowdFigure } from "../workflows/crowd-figure.ts";
import { memoryFigure } from "../workflows/memory-figure.ts";
import { replayFigure } from "../workflows/replay-figure.ts";
import { runStartFigure } from "../workflows/run-start-figure.ts";
import type { RatioFigure } from "./ratio-figure.ts";

/** With `isQuick`, short forms: they show the direction, and are not to be quoted. */
export function listRatioFigures(isQuick: boolean): readonly RatioFigure[] {
  return [
    tracesFigure("traces", { turnCount: isQuick ? 500 : 3_000 }),
    fanOutFigure("fan-out", {
      chunkCount: isQuick ? 1_000 : 20_000,
      clientCounts: isQuick ? [1, 100] : [1, 100, 1_000],
    }),
    catchUpFigure("catching up", { entryCount: isQuick ? 2_000 : 10_000, readCount: isQuick ? 3 : 10 }),
    storedBytesFigure("stored bytes", { turns: isQuick ? [1, 10, 100] : [1, 100, 1_000] }),
    fullStartFigure("full start", {
      conversationCount: isQuick ? 500 : 10_000,
      traceRecordCount: isQuick ? 20_000 : 1_000_000,
      startCount: isQuick ? 1 : 3,
    }),
    runStartFigure("workflows: start", { startCount: isQuick ? 3 : 10 }),
    agentsFigure("workflows: agents", {
      oneByOneCount: isQuick ? 50 : 300,
      sideBySideCount: isQuick ? 200 : 1_000,
    }),
    memoryFigure("workflows: memory", { runCount: isQuick ? 4 : 16, idleCount: 4 }),
    crowdFigure("workflows: crowd", {
      runCount: isQuick ? 24 : 192,
      runConcurrencyMax: isQuick ? 8 : 64,
      agentCount: 4,
    }),
    replayFigure("workflows: replay", { agentCount: isQuick ? 200 : 1_000 }),
  ];
}
