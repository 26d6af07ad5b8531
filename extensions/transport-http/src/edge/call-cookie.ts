import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallCookie } from "@lathe/wire";
import { setPageCookie } from "../core/page-cookie.ts";
import { collectHeaders } from "../core/request-head.ts";

/** The cookie of the page that calls; what is said of it later goes in place of what was said before. */
export function callCookie(
  { rawHeaders }: IncomingMessage,
  outgoing: ServerResponse,
  secret: string | null,
): CallCookie {
  const set = (value: string, maxAgeMs: number): void => {
    if (!outgoing.headersSent)
      outgoing.setHeader("set-cookie", setPageCookie(collectHeaders(rawHeaders), value, maxAgeMs));
  };
  return { secret, keep: set, drop: () => set("", 0) };
}
