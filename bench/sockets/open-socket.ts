// Opens a WebSocket without a library behind it: whoever reads then pays for bytes alone.

import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";

export interface SocketAddress {
  /** `http:` URL of the endpoint. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Settles when the server has agreed. Whoever opens it destroys it. Nothing is read before there is a listener. */
export async function openSocket({ url, headers }: SocketAddress): Promise<Socket> {
  const asking = request(url, {
    agent: false,
    headers: {
      ...headers,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "bGF0aGUtYmVuY2gtYXNrcw==",
    },
  });
  asking.end();
  const refused = once(asking, "response").then(([response]: IncomingMessage[]) => {
    asking.destroy();
    throw new Error(`${url} refused the upgrade with ${response?.statusCode}.`);
  });
  refused.catch(() => undefined);
  const agreed = once(asking, "upgrade") as Promise<[IncomingMessage, Socket, Buffer]>;
  const [, socket, head] = await Promise.race([agreed, refused]);
  if (head.length > 0) socket.unshift(head);
  return socket;
}

/** A text as clients send it. The mask is made of zeros, so the payload stays as it is. */
export function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 65_535) throw new RangeError("A frame of the bench has at most 65,535 bytes.");
  const isShort = payload.length < 126;
  const head = Buffer.alloc(isShort ? 6 : 8);
  head[0] = 0x81;
  head[1] = 0x80 | (isShort ? payload.length : 126);
  if (!isShort) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
