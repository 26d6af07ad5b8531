// One client that reads everything that it has missed, and tells how long that took. It looks at bytes alone, so that
// what it measures is the server.
//
// Tasks: `readSocket`, `readEvents`.

import { type IncomingMessage, request } from "node:http";
import type { Readable } from "node:stream";
import { answerAsActor } from "../harness/actor.ts";
import { ByteTail } from "../sockets/byte-tail.ts";
import { clientFrame, openSocket, type SocketAddress } from "../sockets/open-socket.ts";

export interface Reading extends SocketAddress {
  /** Near the end of the last thing that is read. */
  readonly mark: string;
}

export interface SocketReading extends Reading {
  /** What is said first and answered by a text that holds `greeting`; that is not measured. */
  readonly hello: string | null;
  readonly greeting: string;
  /** What asks for everything. */
  readonly said: string;
}

/** From asking on. */
export interface ReadTimes {
  readonly firstByteMs: number;
  readonly wholeMs: number;
  readonly byteCount: number;
}

async function readSocket({ url, headers, mark, hello, greeting, said }: SocketReading): Promise<ReadTimes> {
  const socket = await openSocket({ url, headers });
  try {
    if (hello !== null) socket.write(clientFrame(hello));
    await readUntil(socket, greeting, performance.now());
    const startedAtMs = performance.now();
    socket.write(clientFrame(said));
    return await readUntil(socket, mark, startedAtMs);
  } finally {
    socket.destroy();
  }
}

/** The time begins before the connection does, as for whoever asks with `fetch`. */
async function readEvents({ url, headers, mark }: Reading): Promise<ReadTimes> {
  const startedAtMs = performance.now();
  const asking = request(url, { agent: false, headers: { accept: "text/event-stream", ...headers } });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      asking.once("response", resolve).once("error", reject).end();
    });
    if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}.`);
    return await readUntil(response, mark, startedAtMs);
  } finally {
    asking.destroy();
  }
}

function readUntil(source: Readable, mark: string, startedAtMs: number): Promise<ReadTimes> {
  const tail = new ByteTail();
  let firstByteMs: number | undefined;
  return new Promise((resolve, reject) => {
    const take = (bytes: Buffer): void => {
      const nowMs = performance.now() - startedAtMs;
      firstByteMs ??= nowMs;
      tail.push(bytes);
      if (!tail.holds(mark)) return;
      source.off("data", take);
      resolve({ firstByteMs, wholeMs: nowMs, byteCount: tail.byteCount });
    };
    source.on("data", take);
    source.once("error", reject);
    source.once("close", () => reject(new Error(`The connection was closed before ${mark} came.`)));
  });
}

answerAsActor({ readSocket, readEvents });
