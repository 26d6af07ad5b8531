// One round: work, a kill in the middle of it, starts that may be killed as well, and then everything must be there.
import { setTimeout as sleep } from "node:timers/promises";
import { conversationsStop } from "@lathe/wire/operations";
import type { Violation } from "./checks.ts";
import type { CrashStage } from "./crash-stage.ts";
import { inFlight } from "./history.ts";
import { type Findings, inquire } from "./inquiry.ts";
import { Load } from "./load.ts";
import type { FirstKill, RoundPlan, StartKill } from "./plans.ts";
import { Watching } from "./watching.ts";

export interface RoundOutcome {
  readonly violations: readonly Violation[];
  readonly counts: RoundCounts;
}

/** What happened in a round. It proves something only where none of the first three is 0. */
export interface RoundCounts extends Findings {
  /** Messages that were acknowledged before the kill, in this round. */
  readonly acknowledged: number;
  /** Messages of this round whose turn was not over at the kill. */
  readonly inFlight: number;
  /** Processes that were killed. */
  readonly kills: number;
  /** Daemons that had come to their own end before they could be. */
  readonly ownEnds: number;
}

/** How long a failpoint may stay unpassed before the daemon is killed from outside. */
const failpointWaitMs = 2_000;
/** Nothing that is waited for here takes as long, on the slowest of machines. */
const patienceMs = 30_000;

/** The stage's daemon is ready at the beginning, and, where nothing was violated, at the end. */
export async function playRound(stage: CrashStage, plan: RoundPlan): Promise<RoundOutcome> {
  const sentBefore = stage.histories.map(({ sent }) => sent.length);
  const watching = new Watching(stage);
  stage.model.isCalm = false;
  const load = new Load(stage);
  await Promise.race([load.acknowledged, stage.daemon.ended, sleep(patienceMs)]);
  const cut = await cutShort(stage, plan.first);
  await load.end();
  const violations = [...cut.violations, ...(await watching.end())];
  stage.disconnect();

  const sentNow = stage.histories.flatMap(({ sent }, index) => sent.slice(sentBefore[index]));
  const acknowledged = sentNow.filter(({ state }) => state === "acknowledged").length;
  const leftOpen = new Set(stage.histories.flatMap(inFlight));
  const before = { acknowledged, inFlight: sentNow.filter((message) => leftOpen.has(message)).length };
  const killedAtMs = Date.now();

  for (const start of plan.starts) violations.push(...(await cutStart(stage, start)));
  stage.model.isCalm = true;
  stage.startDaemon();
  const { findings, violations: found } = await inquire(stage, sentBefore, killedAtMs);
  const kills = plan.starts.length + (cut.killed ? 1 : 0);
  const counts = { ...before, ...findings, kills, ownEnds: cut.killed ? 0 : 1 };
  return { violations: [...violations, ...found], counts };
}

interface Cut {
  readonly killed: boolean;
  readonly violations: readonly Violation[];
}

/** Ends the daemon as planned, or as it should end by itself. */
async function cutShort(stage: CrashStage, plan: FirstKill): Promise<Cut> {
  const { daemon, dice } = stage;
  const ownEnd = daemon.ended;
  switch (plan.kind) {
    case "moment":
      await Promise.race([sleep(plan.afterMs), ownEnd]);
      break;
    case "failpoint":
      await daemon.arm(plan.killAt);
      await Promise.race([sleep(failpointWaitMs), ownEnd]);
      break;
    case "stop":
      await Promise.race([sleep(dice.between(0, 100)), ownEnd]);
      await Promise.race([onStopping(stopAll(stage), plan.afterMs), ownEnd]);
      break;
    case "drain":
      if (plan.killAt !== undefined) await daemon.arm(plan.killAt);
      await Promise.race([sleep(dice.between(0, 200)), ownEnd]);
      daemon.terminate();
      await Promise.race([sleep(plan.afterMs), ownEnd]);
      break;
  }
  const { code, signal } = await daemon.kill();
  const violations: Violation[] = [];
  if (signal !== "SIGKILL" && (plan.kind !== "drain" || code !== 0)) {
    const message = `The daemon ended by itself, with ${code ?? signal}: ${daemon.stderr}`;
    violations.push({ kind: "stop-not-clean", message });
  }
  return { killed: signal === "SIGKILL", violations };
}

function onStopping(stopped: Promise<void>, afterMs: number | null): Promise<void> {
  return afterMs === null ? stopped : sleep(afterMs);
}

/** Settles when one is told that its turn has stopped; without that, when all have their answers. */
async function stopAll({ histories, clients }: CrashStage): Promise<void> {
  const answers = histories.map(async ({ conversationId, sent }) => {
    const message = sent.at(-1);
    const { stopped } = await clients.http.call(conversationsStop, { id: conversationId });
    // Where another message was sent meanwhile, nobody knows whose turn it was.
    if (stopped && message !== undefined && message === sent.at(-1)) message.stoppedAtMs = Date.now();
    if (!stopped) throw new Error("There was nothing to stop.");
  });
  await Promise.any(answers).catch(() => undefined);
}

/** A daemon that takes up what another one left, and does not live long either. */
async function cutStart(stage: CrashStage, plan: StartKill): Promise<readonly Violation[]> {
  const killAt = plan.kind === "failpoint" ? plan.killAt : undefined;
  stage.startDaemon(killAt);
  const { daemon } = stage;
  const ready = stage.ready();
  const watching = ready.then((isReady) => (isReady ? new Watching(stage) : undefined));
  const lived = plan.kind === "moment" ? sleep(plan.afterMs) : ready.then(() => sleep(failpointWaitMs / 4));
  await Promise.race([lived, daemon.ended]);
  await daemon.kill();
  const violations = (await (await watching)?.end()) ?? [];
  stage.disconnect();
  return violations;
}
