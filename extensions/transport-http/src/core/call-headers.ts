// What a request's headers tell an operation about the call itself.
import type { IncomingHttpHeaders } from "node:http";
import { type Call, ProblemError } from "@lathe/wire";

// Of a header that was sent twice, Node makes one text with a blank in it, which is then no key.
const isKey = /^[\x21-\x7e]{1,200}$/;
// No position is so long.
const positionLengthMax = 100;

/** Throws the problem `invalid-idempotency-key` where the key is none. A position may be anything. */
export function callHeaders(headers: IncomingHttpHeaders): Pick<Call, "idempotencyKey" | "lastEventId"> {
  const idempotencyKey = textOf(headers["idempotency-key"]);
  const lastEventId = textOf(headers["last-event-id"])?.slice(0, positionLengthMax);
  if (idempotencyKey !== undefined && !isKey.test(idempotencyKey))
    throw new ProblemError(
      400,
      "invalid-idempotency-key",
      "The header Idempotency-Key must be there once, with 1 to 200 visible ASCII characters.",
    );
  return {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(lastEventId === undefined ? {} : { lastEventId }),
  };
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "object" ? header.join(", ") : header;
}
