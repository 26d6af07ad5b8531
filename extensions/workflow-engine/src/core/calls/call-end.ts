import type { Changes, WorkflowEvent } from "@lathe/kernel";
import type { GuestAnswer } from "@lathe/workflow-sandbox";
import type { JournalCall } from "../run/journal.ts";

/** What a call came to. `left`: nothing is to be said of it now. */
export type CallEnd =
  | { readonly kind: "left" }
  | {
      readonly kind: "answered";
      readonly answer: GuestAnswer;
      readonly call: JournalCall;
      readonly events: readonly WorkflowEvent[];
      readonly puts: NonNullable<Changes["puts"]>;
    };

/** What another run has found out, as this run's own; it was paid for there. */
export function taken(call: JournalCall, answer: GuestAnswer, askedAtMs: number): CallEnd {
  const mine = { ...call, askedAtMs, usage: null, usd: 0, childRunId: null, conversationId: null };
  return { kind: "answered", answer, call: mine, events: [], puts: [] };
}
