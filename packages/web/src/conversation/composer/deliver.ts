// Brings one message to the daemon, once.
//
// Invariants
//   D1  The message carries a key, and the daemon begins one run for it, however often it is asked. Only for this
//       reason may it be asked again after an answer was lost.
//   D2  From the moment on at which it may have arrived, it is asked until the daemon has said what became of it.
import { ConnectionError } from "@lathe/client";
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
  /** It did not arrive, and will not. */
  | { readonly kind: "not-sent"; readonly failure: unknown };

export interface DeliveryDesk {
  /** Throws as the client does. */
  ask(message: Message): Promise<Run>;
  /** It is not known whether it arrived; it is asked again. */
  onUnknown(): void;
  /** Settles when it is worth asking again. */
  reachable(): Promise<void>;
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
      if (!(failure instanceof ConnectionError)) return { kind: "not-sent", failure };
      isUnknown ||= failure.mayHaveHappened;
      if (!isUnknown || failure.code === "closed") return { kind: "not-sent", failure };
    }
    desk.onUnknown();
    await desk.reachable();
  }
}
