import { createHash } from "node:crypto";
import type { Dialect } from "./dialect.ts";

/** The longest id that OpenAI takes back; ids of other providers may be longer. */
const lengthMax = 40;
const nine = /^[A-Za-z0-9]{9}$/;

/** The id under which a call and its result go to the server: the call's own wherever the server takes it. */
export function callIdIn(dialect: Dialect, callId: string): string {
  if (dialect.callIds === "nine-letters-and-digits") return nine.test(callId) ? callId : digest(callId, 9);
  return callId.length <= lengthMax ? callId : `call_${digest(callId, 32)}`;
}

function digest(callId: string, length: number): string {
  return createHash("sha256").update(callId).digest("hex").slice(0, length);
}
