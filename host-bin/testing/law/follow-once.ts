// The events of a conversation over one connection, for as long as it lasts: as server-sent events, or over a WebSocket.
import { type IncomingMessage, request } from "node:http";
import type { ConversationEvent } from "@lathe/kernel";
import { type ClientFrame, protocolVersion, type ServerFrame, socketPath } from "@lathe/wire";
import { WebSocket } from "ws";
import type { DaemonProcess } from "../daemon-process.ts";
import { readEvents } from "../read-events.ts";
import type { LimitedConnection } from "./limited-connection.ts";

export type Transport = "sse" | "websocket";

export interface Followed {
  readonly daemon: Pick<DaemonProcess, "url" | "token">;
  readonly conversationId: string;
  /** Position of the last entry that the follower has. */
  readonly sinceSeq: number;
  readonly connection: LimitedConnection;
}

/** Yields `open` when the daemon has accepted, then each event. Ends with the connection, whoever ended it. */
export function followOnce(
  transport: Transport,
  followed: Followed,
): AsyncGenerator<"open" | ConversationEvent, void> {
  return transport === "sse" ? overServerSentEvents(followed) : overWebSocket(followed);
}

async function* overServerSentEvents(followed: Followed): AsyncGenerator<"open" | ConversationEvent, void> {
  const response = await openResponse(followed).catch(() => undefined);
  if (response === undefined) return;
  if (response.statusCode !== 200) throw new Error(`The stream was answered ${response.statusCode}.`);
  yield "open";
  try {
    for await (const json of readEvents(response)) yield JSON.parse(json) as ConversationEvent;
  } catch (failure) {
    if (failure instanceof SyntaxError) throw failure;
  }
}

function openResponse({ daemon, conversationId, sinceSeq, connection }: Followed): Promise<IncomingMessage> {
  const url = new URL(`/api/conversations/${conversationId}/stream`, daemon.url);
  const headers = {
    accept: "text/event-stream",
    authorization: `Bearer ${daemon.token}`,
    ...(sinceSeq === 0 ? {} : { "last-event-id": String(sinceSeq) }),
  };
  return new Promise((resolve, reject) => {
    request(url, { headers, createConnection: () => connection }, resolve)
      .on("error", reject)
      .end();
  });
}

async function* overWebSocket(followed: Followed): AsyncGenerator<"open" | ConversationEvent, void> {
  for await (const frame of framesOf(followed)) {
    if (frame.type === "subscribed") yield "open";
    else if (frame.type === "event") yield frame.event as ConversationEvent;
    else if (frame.type !== "welcome") throw new Error(`It was answered ${JSON.stringify(frame)}.`);
  }
}

async function* framesOf({
  daemon,
  conversationId,
  sinceSeq,
  connection,
}: Followed): AsyncGenerator<ServerFrame, void> {
  const ws = new WebSocket(`${daemon.url.replace("http:", "ws:")}${socketPath}`, {
    headers: { authorization: `Bearer ${daemon.token}` },
    perMessageDeflate: false,
    createConnection: () => connection as never,
  });
  const send = (frame: ClientFrame): void => ws.send(JSON.stringify(frame));
  const waiting: string[] = [];
  let isOver = false;
  let wake = Promise.withResolvers<void>();
  const tell = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  ws.on("open", () => {
    send({ type: "hello", protocol: protocolVersion });
    send({
      type: "subscribe",
      id: "1",
      operation: "conversations.stream",
      input: { id: conversationId },
      ...(sinceSeq === 0 ? {} : { lastEventId: String(sinceSeq) }),
    });
  });
  ws.on("message", (bytes) => {
    waiting.push(String(bytes));
    tell();
  });
  // A connection that is reset closes, too.
  ws.on("error", () => undefined);
  ws.on("close", () => {
    isOver = true;
    tell();
  });
  for (;;) {
    for (const text of waiting.splice(0)) yield JSON.parse(text) as ServerFrame;
    if (isOver && waiting.length === 0) return;
    if (waiting.length === 0) await wake.promise;
  }
}
