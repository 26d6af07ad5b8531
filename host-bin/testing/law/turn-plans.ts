// Turns at random: what the model says and when it fails, which tools it calls, and where somebody stops it.
import fc from "fast-check";
import type { Cut, FollowerPlan } from "./follower.ts";

export type Piece =
  | { readonly kind: "text" | "reasoning"; readonly text: string }
  | { readonly kind: "pause"; readonly ms: number }
  /** The model says nothing more until everyone has been compared. */
  | { readonly kind: "quiet" };

export const callKinds = ["list", "read-nothing", "command", "waiting-command", "unknown", "broken"] as const;
export type CallKind = (typeof callKinds)[number];

export type Refusal = "busy" | "slow-down" | "reset" | "refused";

export interface AnswerPlan {
  /** What the server does instead, first. */
  readonly refusals: readonly Refusal[];
  readonly pieces: readonly Piece[];
  readonly calls: readonly CallKind[];
  /** `cut` breaks the connection behind the last piece; `held` keeps it until the turn is stopped, where everyone was compared. */
  readonly ending: "end" | "cut" | "held";
}

export interface TurnPlan {
  readonly answers: readonly AnswerPlan[];
  /** Somebody stops it when so many of its events were shown; null = nobody does. */
  readonly stopAfter: number | null;
  /** Behind it, the conversation goes back to the end of a turn that was over before. */
  readonly restores: boolean;
}

export interface RoundPlan {
  readonly turns: readonly TurnPlan[];
  readonly followers: readonly FollowerPlan[];
}

const prose: fc.Arbitrary<Piece> = fc.record({
  kind: fc.constantFrom("text", "text", "reasoning"),
  text: fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
});
const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 8, arbitrary: prose },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pause"), ms: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "quiet" }) },
);
const refusal: fc.Arbitrary<Refusal> = fc.constantFrom(
  "busy",
  "busy",
  "slow-down",
  "slow-down",
  "reset",
  "refused",
);
const answer: fc.Arbitrary<AnswerPlan> = fc.record({
  refusals: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(refusal, { maxLength: 3 }) },
  ),
  pieces: fc.array(piece, { maxLength: 14 }),
  calls: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    {
      weight: 2,
      arbitrary: fc.array(fc.constantFrom(...callKinds, "list", "list", "command"), {
        minLength: 1,
        maxLength: 4,
      }),
    },
  ),
  ending: fc.oneof(
    { weight: 16, arbitrary: fc.constant("end" as const) },
    { weight: 1, arbitrary: fc.constantFrom("cut" as const, "held" as const) },
  ),
});
const turn: fc.Arbitrary<TurnPlan> = fc.record({
  answers: fc.array(answer, { minLength: 1, maxLength: 4 }),
  stopAfter: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }) },
  ),
  restores: fc.nat({ max: 4 }).map((number) => number === 0),
});

const moments = [
  "user-message",
  "turn-start",
  "step-start",
  "text-delta",
  "text-delta",
  "reasoning-delta",
  "tool-call-delta",
  "tool-trace-start",
  "tool-trace-finish",
  "tool-result",
  "step-complete",
  "step-partial",
  "provider-retry",
  "done",
  "turn-sealed",
] as const;
const awayMs = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 15 }) },
  { weight: 1, arbitrary: fc.integer({ min: 50, max: 200 }) },
);
const cut: fc.Arbitrary<Cut> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ at: fc.constant("open" as const), awayMs }) },
  {
    weight: 4,
    arbitrary: fc.record({ at: fc.constant("bytes" as const), count: fc.nat({ max: 6_000 }), awayMs }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ at: fc.constant("event" as const), type: fc.constantFrom(...moments), awayMs }),
  },
);
const follower: fc.Arbitrary<FollowerPlan> = fc.record({
  transport: fc.constantFrom("sse", "websocket"),
  startsAfterMs: fc.oneof(fc.constant(0), fc.nat({ max: 150 })),
  cuts: fc.array(cut, { minLength: 2, maxLength: 8 }),
});

export const roundPlan: fc.Arbitrary<RoundPlan> = fc.record({
  turns: fc.array(turn, { minLength: 2, maxLength: 5 }),
  followers: fc.array(follower, { minLength: 4, maxLength: 6 }),
});
