// What two conversations have in common, and what each took from there on.
import { type GenericSchema, object, string } from "valibot";
import { agreesWith } from "./agreement.ts";
import { type UsageTotals, usageTotals } from "./turn-summaries.ts";
import { CountSchema, listOf, MillisecondsSchema, SeqSchema } from "./values.ts";

/** What the turns took of a part of a conversation; `turnCount` counts those that began in it. */
export interface PartTotals extends UsageTotals {
  /** The time of the turns together, of those that are over; of a turn that is cut in two, the time of the part's steps. */
  readonly durationMs: number;
  /** `provider/model` that its turns began with, each once, in the order of their first use. */
  readonly models: readonly string[];
}

/** What a conversation has for itself. Turns that a restore left behind are not counted. */
export interface ComparedPart extends PartTotals {
  /** The stretches of its log that a restore left behind, in order; both ends belong to them. */
  readonly undone: readonly { readonly fromSeq: number; readonly toSeq: number }[];
}

export interface ConversationComparison {
  /**
   * Both go on from the same turns up to this position of their logs, which is the last of a turn, or of a step where one
   * was forked inside of a turn; 0 = they have nothing in common.
   */
  readonly sharedSeq: number;
  readonly shared: PartTotals;
  /** Of the conversation that was asked about. */
  readonly one: ComparedPart;
  readonly other: ComparedPart;
}

const partTotals = { ...usageTotals, durationMs: MillisecondsSchema, models: listOf(string()) };
const comparedPart = object({
  ...partTotals,
  undone: listOf(object({ fromSeq: SeqSchema, toSeq: SeqSchema })),
});

export const ConversationComparisonSchema: GenericSchema<ConversationComparison> =
  agreesWith<ConversationComparison>()(
    object({ sharedSeq: CountSchema, shared: object(partTotals), one: comparedPart, other: comparedPart }),
  );
