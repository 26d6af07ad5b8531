// Brings one message to the daemon, once.
//
// Invariants
//   D1  The message carries a key, and the daemon begins one run for it, however often it is asked. Only for this
//       reason may it be asked again after an answer was lost.
//   D2  From the moment on at which it may have arrived, it is asked until the daemon has said what became of it.
//   D3  It is taken back only while it has certainly not arrived.
import { ConnectionError, LatheProblem } from "@lathe/client";
import type { Run } from "@lathe/kernel";

export interface Message {
  /** Names the message to the daemon. */
  readonly key: string;
  readonly text: string;
  /** Position of the last entry of the conversation that was known when it was sent. */
  readonly afterSeq: number;
}

export type Delivery =
  | { readonly kind: "taken"; readonly run: Run }
  /** The daemon refused it. */
  | { readonly kind: "refused"; readonly failure: unknown }
  /** It did not arrive, and will not. */
  | { readonly kind: "taken-back" };

export interface DeliveryDesk {
  /** Throws as the client does. */
  ask(message: Message): Promise<Run>;
  /** The daemon could not be asked. `mayHaveArrived`: nobody knows whether it has the message. */
  onWaiting(mayHaveArrived: boolean): void;
  /** Settles when it is worth asking again, and when somebody takes the message back. */
  waited(): Promise<void>;
  /** Whether somebody has asked for it back. */
  isUnwanted(): boolean;
}

/** `mayHaveArrived`: it was asked before, by this page before it was loaded again. */
export async function deliver(
  message: Message,
  desk: DeliveryDesk,
  mayHaveArrived: boolean,
): Promise<Delivery> {
  let isUnknown = mayHaveArrived;
  for (;;) {
    try {
      return { kind: "taken", run: await desk.ask(message) };
    } catch (failure) {
      if (isFinal(failure, isUnknown)) return { kind: "refused", failure };
      isUnknown ||= failure instanceof ConnectionError && failure.mayHaveHappened;
    }
    desk.onWaiting(isUnknown);
    if (!isUnknown && desk.isUnwanted()) return { kind: "taken-back" };
    await desk.waited();
    if (!isUnknown && desk.isUnwanted()) return { kind: "taken-back" };
  }
}

/** A daemon that is too busy to answer has not said what became of a message that it may have. */
function isFinal(failure: unknown, isUnknown: boolean): boolean {
  if (failure instanceof LatheProblem)
    return !(isUnknown && (failure.status >= 500 || failure.status === 429));
  return !(failure instanceof ConnectionError) || failure.code === "closed";
}
