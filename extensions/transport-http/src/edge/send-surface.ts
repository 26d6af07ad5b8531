// Sends what a surface shows, in the form that the caller takes, or says that the caller has it already.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { SurfaceAnswer } from "@lathe/extension-kit";
import { chooseEncoding } from "../core/content-encoding.ts";
import { safeHeaders } from "./send.ts";

/** Whole, whatever range is asked for. */
export function sendSurface(
  { headers: asked }: IncomingMessage,
  outgoing: ServerResponse,
  { status, headers, bodies, version }: SurfaceAnswer,
): void {
  const accepted = asked["accept-encoding"];
  const encoding = chooseEncoding(typeof accepted === "string" ? accepted : undefined, bodies);
  const body = bodies[encoding] ?? bodies.identity;
  const tag = version === undefined ? undefined : `"${version}-${encoding}"`;
  const common = {
    ...safeHeaders,
    ...headers,
    vary: "accept-encoding",
    ...(tag === undefined ? {} : { etag: tag }),
  };
  if (tag !== undefined && names(asked["if-none-match"], tag)) {
    outgoing.writeHead(304, common).end();
    return;
  }
  outgoing.writeHead(status, {
    ...common,
    ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
    "content-length": String(body.byteLength),
  });
  outgoing.end(body);
}

/** RFC 9110, section 13.1.2: whether the content is the same, however weakly the caller says so. */
function names(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(",").map((one) => one.trim().replace(/^W\//, ""));
  return tags.includes(tag) || (tags.length === 1 && tags[0] === "*");
}
