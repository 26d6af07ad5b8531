import type { WorkflowEvent } from "@lathe/kernel";
import type { JournalCall } from "../run/journal.ts";

/** What there is to say of a call whose work was stopped. */
export interface StoppedCall {
  readonly call: JournalCall;
  readonly events: readonly WorkflowEvent[];
}
