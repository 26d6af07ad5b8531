// What can be done with a turn from inside of it.
import type { TurnView } from "@lathe/wire";
import { type Context, createContext } from "preact";

export interface TurnDesk {
  readonly conversationId: string;
  /** Only the last one can be gone on from. */
  isLast(turn: TurnView): boolean;
  /** Opens the composer with the turn's message; sending it begins another conversation. */
  edit(turn: TurnView): void;
  /** Begins a conversation that shares everything up to the end of this turn, and goes to it. */
  fork(turn: TurnView): void;
  /** Sends a text as the next message; nothing happens while another turn goes on. */
  send(text: string): void;
  /** Brings the choice of the model under the hand. */
  chooseModel(): void;
}

export const TurnDeskContext: Context<TurnDesk | null> = createContext<TurnDesk | null>(null);
