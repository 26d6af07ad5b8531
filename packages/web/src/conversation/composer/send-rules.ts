// When a text can be sent, and where it goes.
import type { TurnView } from "@lathe/wire";
import { textOf } from "../turn/turn-texts.ts";
import type { Message } from "./deliver.ts";

/** As the daemon has it. */
export const messageLengthMax = 524_288;

/** Why the text cannot be sent now, for people; null = it can. `waitsFor`: what must be over first. */
export function whyNotSent(text: string, waitsFor: string | null): string | null {
  if (text.trim() === "") return "Write something first";
  if (text.length > messageLengthMax)
    return `Too long by ${text.length - messageLengthMax} characters: put it in a file, and name the file`;
  return waitsFor;
}

/** Where a message that was edited goes on from. */
export type ForkPosition =
  | { readonly kind: "turn"; readonly turnId: string }
  | { readonly kind: "seq"; readonly seq: number }
  /** It was the first one. */
  | { readonly kind: "beginning" };

/**
 * The end of what was before the turn's message. A turn whose predecessor is not shown is found by its position: what
 * stands before a turn is the end of another one.
 */
export function positionBefore({
  afterTurnId,
  firstSeq,
}: Pick<TurnView, "afterTurnId" | "firstSeq">): ForkPosition {
  if (afterTurnId !== null) return { kind: "turn", turnId: afterTurnId };
  if (firstSeq !== null && firstSeq > 1) return { kind: "seq", seq: firstSeq - 1 };
  return { kind: "beginning" };
}

/**
 * Whether the last turn that is shown is that of the message, so that it need not be shown as one on its way: the entry
 * may come before the call's answer, which names the turn, and after it. `turnId`: null while there is no answer.
 */
export function isInTurn(message: Message, turnId: string | null, last: TurnView | undefined): boolean {
  if (last === undefined) return false;
  return (
    last.turnId === turnId ||
    ((last.firstSeq ?? 0) > message.afterSeq && textOf(last.userMessage) === message.text)
  );
}
