// Runs of the fan-out one after the other, on one state folder, each killed some times and then finished.
import type { Dice } from "../dice.ts";
import { Dice as OpenDice } from "../dice.ts";
import type { BrokenEngine } from "./broken-engine.ts";
import type { Violation } from "./checks.ts";
import type { FanOutArgs } from "./fan-out.ts";
import { FanOutModel } from "./fan-out-model.ts";
import { guestsOf } from "./guests-of.ts";
import { type KillPlan, type PlayedRun, playRun } from "./killed-run.ts";
import { isVacuous } from "./observed-run.ts";
import { WorkflowStage } from "./workflow-stage.ts";

export interface WorkflowCampaignOptions {
  readonly seed: number;
  readonly args: FanOutArgs;
  readonly broken?: BrokenEngine;
}

export interface BadRun {
  readonly run: number;
  readonly plans: readonly KillPlan[];
  readonly violations: readonly Violation[];
}

/** Whoever begins one ends it. */
export class WorkflowCampaign {
  readonly bad: BadRun[] = [];
  runCount = 0;
  /** Kills that proved something. */
  killCount = 0;
  vacuousCount = 0;
  agentCount = 0;
  questionCount = 0;
  repeatedQuestionCount = 0;
  entryCount = 0;
  hitCount = 0;
  interruptedCount = 0;
  finishedAtKills = 0;
  inFlightAtKills = 0;
  approvalsAtKills = 0;
  lastLifeMsMax = 0;
  readonly #options: WorkflowCampaignOptions;
  readonly #dice: Dice;
  #stage: { readonly stage: WorkflowStage; readonly model: FanOutModel } | undefined;

  constructor(options: WorkflowCampaignOptions) {
    this.#options = options;
    this.#dice = new OpenDice(options.seed);
  }

  /** Plays one run with so many kills at most. Throws only where the harness itself fails. */
  async play(killCount: number): Promise<PlayedRun> {
    const { args, broken } = this.#options;
    this.#stage ??= await openStage(this.#dice, broken);
    const plans = Array.from({ length: killCount }, (_, index) => this.#plan(index, killCount));
    const played = await playRun({ ...this.#stage, dice: this.#dice, args }, plans);
    this.runCount += 1;
    this.#count(played);
    if (played.violations.length > 0) {
      this.bad.push({ run: this.runCount, plans, violations: played.violations });
      await this.end();
    }
    return played;
  }

  async end(): Promise<void> {
    const open = this.#stage;
    this.#stage = undefined;
    if (open === undefined) return;
    const { stateFolder } = open.stage.home;
    await open.stage.close();
    const left = await guestsOf(stateFolder);
    if (left.length === 0) return;
    const violations: Violation[] = [{ kind: "guest-left", message: left.join("; ") }];
    this.bad.push({ run: this.runCount, plans: [], violations });
  }

  /** Spread over the whole run, and some of them over the start of a daemon that takes it up. */
  #plan(index: number, killCount: number): KillPlan {
    const dice = this.#dice;
    if (index > 0 && dice.percent(20)) return { kind: "start", afterMs: dice.between(100, 1_500) };
    if (dice.percent(15)) return { kind: "question", afterMs: dice.between(0, 50) };
    const { fanCount, raceCount, stageCount, nestedCount } = this.#options.args;
    // Each agent writes four or so.
    const entryCount = 4 * (fanCount + raceCount + 3 * stageCount + nestedCount);
    const count = dice.between(8, Math.ceil(entryCount / Math.max(1, killCount * 0.7)));
    return { kind: "entries", count, afterMs: dice.between(0, 60) };
  }

  #count({ kills, observed, lastLifeMs }: PlayedRun): void {
    const vacuous = kills.filter(isVacuous).length;
    this.vacuousCount += vacuous;
    this.killCount += kills.length - vacuous;
    this.finishedAtKills += kills.reduce((sum, { finished }) => sum + finished.length, 0);
    this.inFlightAtKills += kills.reduce((sum, { inFlight }) => sum + inFlight.length, 0);
    this.approvalsAtKills += kills.filter(({ inFlight }) => inFlight.includes("approval")).length;
    this.lastLifeMsMax = Math.max(this.lastLifeMsMax, lastLifeMs);
    if (observed === undefined) return;
    const { questions, entries, cache, children } = observed;
    const agents = new Set(questions.map(({ mark }) => mark));
    const toolAgents = [...agents].filter((mark) => mark.startsWith("tool-"));
    this.agentCount += agents.size;
    this.questionCount += questions.length;
    this.repeatedQuestionCount += questions.length - agents.size - toolAgents.length;
    this.entryCount += entries.length;
    this.hitCount += cache.hitCount;
    this.interruptedCount += children.filter(({ status }) => status === "interrupted").length;
  }
}

async function openStage(
  dice: Dice,
  broken: BrokenEngine | undefined,
): Promise<{ readonly stage: WorkflowStage; readonly model: FanOutModel }> {
  const model = new FanOutModel(dice);
  const stage = await WorkflowStage.open({ answer: (request) => model.answer(request), broken });
  return { stage, model };
}
