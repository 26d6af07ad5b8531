// What is to be done to the daemon in one round, drawn from the seed.
import type { KillAt } from "./crashing-daemon.ts";
import type { Dice } from "./dice.ts";
import type { KnownFailpoint } from "./failpoint-names.ts";

/** How one round ends a daemon, and what the next ones go through before one may live. */
export interface RoundPlan {
  readonly first: FirstKill;
  /** Starts that are cut short, in order. */
  readonly starts: readonly StartKill[];
}

export type FirstKill =
  /** `kill -9` so long after the first acknowledgement. */
  | { readonly kind: "moment"; readonly afterMs: number }
  /** By itself, at a named place of the code. */
  | { readonly kind: "failpoint"; readonly killAt: KillAt }
  /** So long after every conversation was asked to stop; null = as soon as one of them says that it has. */
  | { readonly kind: "stop"; readonly afterMs: number | null }
  /** So long after SIGTERM; while it drains, or not at all because it has ended by then. */
  | { readonly kind: "drain"; readonly afterMs: number; readonly killAt?: KillAt };

export type StartKill =
  /** So long after its process was started. */
  | { readonly kind: "moment"; readonly afterMs: number }
  | { readonly kind: "failpoint"; readonly killAt: KillAt };

export type PlanKind = "C1" | "C2" | "C5" | "C6" | "C7";

export function planRound(kind: PlanKind, failpoint: KnownFailpoint | undefined, dice: Dice): RoundPlan {
  switch (kind) {
    case "C1":
      return { first: moment(dice), starts: [] };
    case "C2":
      return failpoint === undefined ? planRound("C1", undefined, dice) : planFailpoint(failpoint, dice);
    case "C5":
      return { first: moment(dice), starts: Array.from({ length: 5 }, () => startMoment(dice)) };
    case "C6":
      return { first: { kind: "drain", afterMs: dice.percent(50) ? 0 : dice.between(0, 350) }, starts: [] };
    case "C7":
      return { first: { kind: "stop", afterMs: dice.percent(50) ? null : dice.between(0, 40) }, starts: [] };
  }
}

function planFailpoint({ name, phase, countMax }: KnownFailpoint, dice: Dice): RoundPlan {
  const killAt = { name, count: dice.between(1, countMax) };
  switch (phase) {
    case "turns":
    case "workflows":
      return { first: { kind: "failpoint", killAt }, starts: [] };
    case "drain":
      return { first: { kind: "drain", afterMs: 1_000, killAt }, starts: [] };
    case "recovery":
      return { first: moment(dice), starts: [{ kind: "failpoint", killAt }] };
  }
}

function moment(dice: Dice): { readonly kind: "moment"; readonly afterMs: number } {
  return { kind: "moment", afterMs: dice.between(0, 500) };
}

/** From the first instructions of the process until well after it is ready. */
function startMoment(dice: Dice): StartKill {
  return { kind: "moment", afterMs: dice.between(100, 900) };
}
