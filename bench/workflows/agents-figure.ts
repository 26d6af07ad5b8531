// What one agent costs beyond its turn: agents one after the other, many side by side, and all of them found in the
// cache, each against as many turns without a workflow.

import type { Pinning } from "../harness/processors.ts";
import type { OpenFigure, Quantity, RatioFigure, Readings } from "../ratios/ratio-figure.ts";
import { startWorkflowDaemon, type WorkflowDaemon } from "./open-workflow-daemon.ts";
import { oneByOne, sideBySide } from "./scripts.ts";
import type { Moment, RunTimes, ScriptToRun, Turns } from "./workflow-daemon.ts";

export interface AgentsPlan {
  /** Agents one after the other. */
  readonly oneByOneCount: number;
  /** Agents side by side. */
  readonly sideBySideCount: number;
}

/** Agents of a run, and turns, at the same time. */
const atOnce = 16;

const names = {
  agentWall: "one by one: an agent, wall",
  turnWall: "one by one: a turn, wall",
  agentCpu: "one by one: an agent, CPU of the daemon",
  guestCpu: "one by one: an agent, CPU of the script's process",
  turnCpu: "one by one: a turn, CPU",
  allWall: "side by side: all agents, wall",
  allTurnsWall: "side by side: all turns, wall",
  manyCpu: "side by side: an agent, CPU of the daemon",
  manyTurnCpu: "side by side: a turn, CPU",
  cachedWall: "side by side, cached: all agents, wall",
  cachedCpu: "side by side, cached: an agent, CPU of the daemon",
} as const;

export function agentsFigure(name: string, plan: AgentsPlan): RatioFigure {
  const unitOf = (quantity: string): string => (quantity.includes(": all") ? "ms" : "µs");
  return {
    name,
    quantities: Object.values(names).map(
      (quantity): Quantity => ({ name: quantity, unit: unitOf(quantity) }),
    ),
    ratios: [
      { name: "one by one: wall, over a turn", over: names.agentWall, under: names.turnWall },
      { name: "one by one: CPU of the daemon, over a turn", over: names.agentCpu, under: names.turnCpu },
      { name: "side by side: wall, over the turns", over: names.allWall, under: names.allTurnsWall },
      { name: "side by side: CPU of the daemon, over a turn", over: names.manyCpu, under: names.manyTurnCpu },
      { name: "cached: wall, over not cached", over: names.cachedWall, under: names.allWall },
      { name: "cached: CPU of the daemon, over not cached", over: names.cachedCpu, under: names.manyCpu },
    ],
    open: ({ stateDir, pinning }) => openAgents(plan, stateDir, pinning),
  };
}

async function openAgents(plan: AgentsPlan, stateDir: string, pinning: Pinning): Promise<OpenFigure> {
  // Without one that is kept ready, the script's process is the only one that takes processor time.
  const opening = { idleGuestCount: 0, agentConcurrencyMax: atOnce };
  const daemon = await startWorkflowDaemon(stateDir, "agents", opening, pinning.subject);
  let round = 0;
  const measure = (): Promise<Readings> => measureRound(plan, daemon, `round ${round++}`);
  try {
    // Once, so that the first round is like the others.
    await measure();
    return { measure, close: () => daemon.actor.close() };
  } catch (failure) {
    await daemon.actor.close();
    throw failure;
  }
}

async function measureRound(plan: AgentsPlan, daemon: WorkflowDaemon, name: string): Promise<Readings> {
  const { oneByOneCount, sideBySideCount } = plan;
  const one = await run(daemon, oneByOne, oneByOneCount, name);
  const turns = await runTurns(daemon, { name, count: oneByOneCount, atOnce: 1 });
  const many = await run(daemon, sideBySide, sideBySideCount, `${name}, side by side`);
  const manyTurns = await runTurns(daemon, { name, count: sideBySideCount, atOnce });
  const cached = await run(daemon, sideBySide, sideBySideCount, `${name}, side by side`);
  // Between the first call and the last one lie all agents but one, and neither the start of the run nor its end.
  const between = oneByOneCount - 1;
  const spent = spentBetween(one.firstCall, one.lastCall);
  const all = spentBetween(many.asked, many.over);
  const allCached = spentBetween(cached.asked, cached.over);
  return {
    [names.agentWall]: (spent.wallMs / between) * 1_000,
    [names.turnWall]: (turns.wallMs / oneByOneCount) * 1_000,
    [names.agentCpu]: spent.cpuUs / between,
    [names.guestCpu]: spent.guestCpuUs / between,
    [names.turnCpu]: turns.cpuUs / oneByOneCount,
    [names.allWall]: all.wallMs,
    [names.allTurnsWall]: manyTurns.wallMs,
    [names.manyCpu]: all.cpuUs / sideBySideCount,
    [names.manyTurnCpu]: manyTurns.cpuUs / sideBySideCount,
    [names.cachedWall]: allCached.wallMs,
    [names.cachedCpu]: allCached.cpuUs / sideBySideCount,
  };
}

async function run(
  { actor }: WorkflowDaemon,
  script: string,
  agentCount: number,
  name: string,
): Promise<RunTimes> {
  const asked: ScriptToRun = { script, args: { agentCount, name }, callCount: agentCount };
  const times = await actor.ask<RunTimes>("run", asked);
  if (times.result !== agentCount) throw new Error(`Of ${agentCount} agents ${times.result} have answered.`);
  return times;
}

async function runTurns({ actor }: WorkflowDaemon, turns: Turns): Promise<Spent> {
  const { from, to } = await actor.ask<{ readonly from: Moment; readonly to: Moment }>("turns", turns);
  return spentBetween(from, to);
}

interface Spent {
  readonly wallMs: number;
  readonly cpuUs: number;
  readonly guestCpuUs: number;
}

function spentBetween(from: Moment, to: Moment): Spent {
  return {
    wallMs: to.atMs - from.atMs,
    cpuUs: to.cpuUs - from.cpuUs,
    guestCpuUs: to.guestCpuUs - from.guestCpuUs,
  };
}
