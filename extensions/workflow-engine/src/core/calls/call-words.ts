// What calls say of themselves before anybody works on them.
import type { GuestCall } from "@lathe/workflow-sandbox";
import type { CallWords } from "../cache/identity.ts";
import { shortLabel, wordsOf } from "./agent-options.ts";

export function wordsOfCall(call: GuestCall): CallWords {
  if (call.kind === "agent") return wordsOf(call.prompt, call.options);
  if (call.kind === "approve") return { kind: "approve", prompt: call.question, options: {} };
  const options = call.args === undefined ? {} : { args: call.args };
  return { kind: "workflow", prompt: JSON.stringify(call.reference), options };
}

export function shownOf(call: Extract<GuestCall, { kind: "agent" }>): {
  readonly label: string;
  readonly phase: string | null;
} {
  const { label, phase } = call.options;
  return {
    label: typeof label === "string" && label !== "" ? label : shortLabel(call.prompt, call.index),
    phase: typeof phase === "string" && phase !== "" ? phase : call.phase,
  };
}
