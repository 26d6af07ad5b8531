// The floor of everything that is sent to clients: ready bytes over a bare `ws` server and a bare HTTP server.
//
// Tasks: `open`, `load` (from a file: a JSON array of texts), `broadcast` (in how many milliseconds), `cpuUs`. A WebSocket client that says
// `all` is sent every text, a message each; any HTTP request is answered with all of them, a write each.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { answerAsActor } from "../harness/actor.ts";

let texts: readonly Buffer[] = [];
const server = createServer((_, response) => answerAll(response));
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket) => {
  socket.on("message", (said) => {
    if (String(said) === "all") for (const text of texts) socket.send(text, { binary: false });
  });
  socket.send("hello");
});

function answerAll(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
  for (const text of texts) response.write(text);
  response.end();
}

async function open(): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Gives how many there are. */
async function load(file: string): Promise<number> {
  const read = JSON.parse(await readFile(file, "utf8")) as readonly string[];
  texts = read.map((text) => Buffer.from(text));
  return texts.length;
}

/** Spreads the texts over the time, and sends each on its own. Where it is late, it goes on without a pause. */
function broadcast(spreadMs: number): Promise<void> {
  const startedAtMs = performance.now();
  let next = 0;
  return new Promise((resolve) => {
    const sendNext = (): void => {
      sendToAll(texts[next] ?? Buffer.alloc(0));
      next += 1;
      if (next >= texts.length) {
        resolve();
        return;
      }
      const dueMs = startedAtMs + (next / texts.length) * spreadMs;
      setTimeout(sendNext, Math.max(0, dueMs - performance.now()));
    };
    sendNext();
  });
}

function sendToAll(text: Buffer): void {
  for (const socket of sockets.clients)
    if (socket.readyState === WebSocket.OPEN) socket.send(text, { binary: false });
}

answerAsActor({
  open,
  load,
  broadcast,
  cpuUs: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
});
