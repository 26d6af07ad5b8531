// Rounds one after the other, on one state folder for a while and then on a fresh one, and what came of all of them.
import type { Violation } from "./checks.ts";
import { type Control, CrashStage } from "./crash-stage.ts";
import { Dice } from "./dice.ts";
import { type KnownFailpoint, knownFailpoints } from "./failpoint-names.ts";
import { type PlanKind, planRound, type RoundPlan } from "./plans.ts";
import { playRound, type RoundCounts } from "./round.ts";

export interface CampaignOptions {
  readonly seed: number;
  readonly control?: Control;
  /** Whether the folder of a round that violated something is kept, to be looked at. */
  readonly keepsBad: boolean;
}

export interface BadRound {
  /** From 1. */
  readonly round: number;
  readonly kind: PlanKind;
  readonly plan: RoundPlan;
  readonly violations: readonly Violation[];
  /** Absolute path of what is left of it; undefined where nothing is kept. */
  readonly folder: string | undefined;
}

const roundsPerFolder = 20;
const isOfConversations = ({ phase }: KnownFailpoint): boolean => phase !== "workflows";

/** Whoever begins one ends it. */
export class Campaign {
  readonly bad: BadRound[] = [];
  readonly roundCounts: Map<PlanKind, number> = new Map();
  readonly failpoints: readonly KnownFailpoint[] = knownFailpoints().filter(isOfConversations);
  /** How many processes each failpoint was passed in, and how many it ended. */
  readonly passes: Map<string, number> = new Map();
  readonly kills: Map<string, number> = new Map();
  readonly totals: Record<keyof RoundCounts, number> = {
    ...{ acknowledged: 0, inFlight: 0, answeredAfter: 0, kills: 0, ownEnds: 0, keysSentAgain: 0 },
    ...{ continuedTurns: 0, interruptedTurns: 0, settledAfterMs: 0 },
  };
  roundCount = 0;
  vacuousCount = 0;
  entriesSeen = 0;
  transientSeen = 0;
  toolRuns = 0;
  repeatedToolRuns = 0;
  settledAfterMsMax = 0;
  readonly #options: CampaignOptions;
  readonly #dice: Dice;
  #stage: CrashStage | undefined;
  #roundsOnStage = 0;
  #failpointIndex = 0;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#dice = new Dice(options.seed);
  }

  /** Plays one round. Throws only where the harness itself fails. */
  async play(kind: PlanKind): Promise<void> {
    const stage = await this.#stageOfNext();
    const plan = planRound(kind, this.#nextFailpoint(kind), this.#dice);
    this.roundCount += 1;
    this.roundCounts.set(kind, (this.roundCounts.get(kind) ?? 0) + 1);
    const { violations, counts } = await playRound(stage, plan);
    this.#count(counts);
    for (const { kind: what, name } of stage.takePassed()) {
      const counter = what === "killed" ? this.kills : this.passes;
      counter.set(name, (counter.get(name) ?? 0) + 1);
    }
    if (violations.length === 0) return;
    const { keepsBad } = this.#options;
    const folder = keepsBad ? stage.home.folder : undefined;
    this.bad.push({ round: this.roundCount, kind, plan, violations, folder });
    await this.#leave(keepsBad);
  }

  /** Names that no process was ended at. */
  neverKilledAt(): readonly string[] {
    return this.failpoints.map(({ name }) => name).filter((name) => !this.kills.has(name));
  }

  async end(): Promise<void> {
    await this.#leave(false);
  }

  #nextFailpoint(kind: PlanKind): KnownFailpoint | undefined {
    if (kind !== "C2") return undefined;
    const failpoint = this.failpoints[this.#failpointIndex % this.failpoints.length];
    this.#failpointIndex += 1;
    return failpoint;
  }

  async #stageOfNext(): Promise<CrashStage> {
    if (this.#roundsOnStage === roundsPerFolder) await this.#leave(false);
    const { control } = this.#options;
    this.#stage ??= await CrashStage.open({ dice: this.#dice, control });
    this.#roundsOnStage += 1;
    return this.#stage;
  }

  async #leave(keep: boolean): Promise<void> {
    const stage = this.#stage;
    if (stage === undefined) return;
    this.#stage = undefined;
    this.#roundsOnStage = 0;
    for (const { entries, transientCount } of stage.histories.flatMap(({ watchers }) => watchers)) {
      this.entriesSeen += entries.size;
      this.transientSeen += transientCount;
    }
    const effects = stage.effects();
    this.toolRuns += effects.length;
    this.repeatedToolRuns += effects.length - new Set(effects.map(({ mark }) => mark)).size;
    await stage.close({ keep });
  }

  #count(counts: RoundCounts): void {
    if (counts.acknowledged === 0 || counts.inFlight === 0 || counts.answeredAfter === 0)
      this.vacuousCount += 1;
    for (const name of Object.keys(this.totals) as (keyof RoundCounts)[]) this.totals[name] += counts[name];
    this.settledAfterMsMax = Math.max(this.settledAfterMsMax, counts.settledAfterMs);
  }
}
