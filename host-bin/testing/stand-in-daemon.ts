// Stands in for a daemon, where a test says itself what the API answers; `lathe` finds it as it finds a real one.
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { recordOfThisProcess, writeDaemonRecord } from "../daemon/daemon-record.ts";

export interface Asked {
  /** For example `POST /api/runs`; with the query, and ` after 2` where the caller says which entry it had last. */
  readonly what: string;
  readonly body: unknown;
}

export type Answer =
  | { readonly status?: number; readonly json: unknown }
  /** Events, and whether the stream is complete then. */
  | { readonly events: readonly object[]; readonly end: "complete" | "cut" }
  /** The events of `after` come once this is asked, and complete the stream. */
  | { readonly events: readonly object[]; readonly until: string; readonly after: readonly object[] };

export interface StandInDaemon {
  /** Everything that was asked, in order. */
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

/** Each call is answered by the first of the answers under its name, which is then used up unless it is the last one. */
export async function startStandInDaemon(
  stateFolder: string,
  answers: Readonly<Record<string, readonly Answer[]>>,
): Promise<StandInDaemon> {
  const asked: Asked[] = [];
  const left = new Map(Object.entries(answers).map(([what, list]) => [what, [...list]]));
  const waiting = new Map<string, () => void>();
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const last = request.headers["last-event-id"];
      const what = `${request.method} ${request.url}${last === undefined ? "" : ` after ${last}`}`;
      asked.push({ what, body });
      const list = left.get(what) ?? [];
      const answer = list.length > 1 ? list.shift() : list[0];
      send(response, answer ?? notThere(what), waiting);
      waiting.get(what)?.();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  writeDaemonRecord(stateFolder, recordOfThisProcess(`http://127.0.0.1:${port}`, "0.1.0", 0));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { asked, stop };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

function notThere(what: string): Answer {
  return { status: 500, json: { code: "unprepared", detail: `The test has no answer for ${what}.` } };
}

function send(response: ServerResponse, answer: Answer, waiting: Map<string, () => void>): void {
  if ("json" in answer) {
    response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
    response.end(answer.json === null ? undefined : JSON.stringify(answer.json));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  write(response, answer.events);
  if ("end" in answer) response.end(answer.end === "complete" ? theEnd : "");
  else
    waiting.set(answer.until, () => {
      write(response, answer.after);
      response.end(theEnd);
    });
}

const theEnd = "event: end\ndata: {}\n\n";

function write(response: ServerResponse, events: readonly object[]): void {
  for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
}
