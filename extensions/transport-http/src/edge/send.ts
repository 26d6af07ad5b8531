// The one place that writes a whole answer.
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { TimersPower } from "@lathe/kernel";
import type { Answer } from "../core/problems.ts";

/** On every answer: what the daemon sends is never a page, never kept, and never shared with another origin. */
export const safeHeaders: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Sends it, unless an answer has begun or nobody is there any more. */
export function send(outgoing: ServerResponse, answer: Answer): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  writeHead(outgoing, answer);
  outgoing.end(answer.body);
}

/** How much of an unwanted body is read away before the connection is closed. */
export interface Lingering {
  readonly bytesMax: number;
  readonly timers: TimersPower;
}

const lingerMs = 1_000;

/**
 * Sends it and closes the connection, also where the caller is still sending its body. Some of that is read away
 * first: a connection that is closed over unread bytes is reset, and takes the answer with it.
 */
export function sendAndClose(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: Answer,
  lingering: Lingering,
): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  outgoing.setHeader("connection", "close");
  writeHead(outgoing, answer);
  outgoing.write(answer.body);
  let leftBytes = lingering.bytesMax;
  const release = lingering.timers.after(lingerMs, () => outgoing.end());
  outgoing.once("close", release);
  incoming.on("data", (chunk: Buffer) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) outgoing.end();
  });
  incoming.once("end", () => outgoing.end());
  incoming.resume();
}

function writeHead(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  const length = status === 204 ? {} : { "content-length": String(Buffer.byteLength(body)) };
  outgoing.writeHead(status, { ...safeHeaders, ...headers, ...length });
}

/** Sends it over a connection that is no longer, or never was, in Node's hands, and closes that. */
export function endRaw(socket: Duplex, { status, headers, body }: Answer): void {
  const all = {
    ...safeHeaders,
    ...headers,
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on("error", () => {});
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\n`;
  socket.end(`${head}${lines.join("")}\r\n${body}`, () => socket.destroy());
}
