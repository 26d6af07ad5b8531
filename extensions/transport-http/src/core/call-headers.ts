// What a request's headers tell an operation about the call itself.
import type { IncomingHttpHeaders } from "node:http";
import { type Call, ProblemError } from "@lathe/wire";

const keyLengthMax = 200;

/** Throws the problem `invalid-idempotency-key` where the key is none. A position may be anything. */
export function callHeaders(headers: IncomingHttpHeaders): Pick<Call, "idempotencyKey" | "lastEventId"> {
  const idempotencyKey = textOf(headers["idempotency-key"]);
  const lastEventId = textOf(headers["last-event-id"]);
  if (idempotencyKey !== undefined && (idempotencyKey === "" || idempotencyKey.length > keyLengthMax))
    throw new ProblemError(
      400,
      "invalid-idempotency-key",
      `The header Idempotency-Key must have 1 to ${keyLengthMax} characters.`,
    );
  return {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(lastEventId === undefined ? {} : { lastEventId }),
  };
}

/** Of a header that was sent twice, Node makes one text. */
function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "object" ? header.join(", ") : header;
}
