// What stands for the agents, the workflows and the people of a hostile script.
import type { JsonValue } from "@lathe/kernel";
import type { GuestAnswer, GuestCall } from "../contract.ts";
import type { ScriptTrial } from "../testing.ts";

const slowMs = 300;

/** `echo:<prompt>`; `JSON:<text>` gives that value, `ERR` fails, `SLOW` takes its time, `NEVER` is never answered. */
export async function answerCall(call: GuestCall): Promise<GuestAnswer> {
  const asked =
    call.kind === "agent" ? call.prompt : call.kind === "approve" ? call.question : String(call.reference);
  if (asked === "NEVER") return await new Promise(() => undefined);
  if (asked === "SLOW") await new Promise((resolve) => setTimeout(resolve, slowMs));
  if (asked === "ERR") return { kind: "error", name: "AgentError", message: "made to fail" };
  return { kind: "value", value: valueFor(call, asked) };
}

function valueFor(call: GuestCall, asked: string): JsonValue {
  if (call.kind === "workflow") return call.reference;
  if (call.kind === "approve") return "yes";
  return asked.startsWith("JSON:") ? (JSON.parse(asked.slice("JSON:".length)) as JsonValue) : `echo:${asked}`;
}

/** Every script of the suite is given these. */
export const trial: ScriptTrial = {
  args: { list: [1, 2], inner: { a: 1 }, text: "t" },
  budget: { total: 1_000, spent: 10 },
  onCall: answerCall,
};
