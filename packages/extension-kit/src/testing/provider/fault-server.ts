// A model server that misbehaves on purpose: each test says what becomes of a connection, byte by byte.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface FaultServer {
  readonly origin: string;
  /** What was asked, first line and headers and as much of the body as came with them. */
  readonly requests: readonly string[];
  /** Settles when the client has closed the connection of the first request. */
  readonly firstClosed: Promise<void>;
  /** Bytes that the first connection took. */
  readonly bytesTaken: () => number;
}

/** Calls `answer` with the connection when a request's head is there. Closed when the test ends. */
export async function openFaultServer(
  answer: (socket: Socket) => void | Promise<void>,
): Promise<FaultServer> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined));
    socket.on("close", () => closed.resolve());
    socket.on("data", (bytes) => {
      const text = bytes.toString("latin1");
      if (!/^(GET|POST) /.test(text)) return;
      requests.push(text);
      void answer(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    firstClosed: closed.promise,
    bytesTaken: () => sockets[0]?.bytesWritten ?? 0,
  };
}

/** The head of an answer whose body ends with the connection, so that a test can break it off anywhere. */
export function head(status: number, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ connection: "close", ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} Whatever\r\n${lines.join("")}\r\n`;
}

export const streamHead: string = head(200, { "content-type": "text/event-stream" });

/** One piece of a chunked body. */
export function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

export const chunkedHead: string = head(200, {
  "content-type": "text/event-stream",
  "transfer-encoding": "chunked",
});

/** Writes `piece` until the client closes the connection, at the pace of the client. */
export async function writeForever(socket: Socket, piece: Buffer): Promise<void> {
  while (!socket.destroyed) {
    if (socket.write(piece)) await new Promise((resolve) => setImmediate(resolve));
    else await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => undefined);
  }
}
