// Clients that come and go: as they should, or in the middle of what they began.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { socketPath } from "@lathe/wire";
import { WebSocket } from "ws";
import type { DaemonProcess } from "../daemon-process.ts";
import { Witness } from "./witness.ts";

/** Each settles when its connection is gone, or nearly; half of them never get through their handshake. */
export function clientsThatComeAndGo(
  daemon: DaemonProcess,
  conversationId: string,
): readonly (() => Promise<unknown>)[] {
  const { port, host } = new URL(daemon.url);
  const upgrade = [
    `GET ${socketPath} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: Bearer ${daemon.token}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "",
    "",
  ].join("\r\n");
  const abort = (text: string) => async (): Promise<void> => {
    const socket = await open(Number(port));
    if (text !== "") await new Promise((resolve) => socket.write(text, resolve));
    socket.resetAndDestroy();
  };
  const follow = (transport: "sse" | "websocket") => async (): Promise<void> => {
    const witness = await Witness.open({ daemon, transport, conversationId });
    witness.leave();
    await witness.closed;
  };
  return [
    abort(""),
    abort(upgrade.slice(0, 40)),
    abort(upgrade),
    abort(upgrade.replace(daemon.token, "nobody")),
    follow("sse"),
    follow("websocket"),
    () => leaveBeforeHello(daemon),
    () => daemon.client.call("GET", "/readyz"),
  ];
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

async function leaveBeforeHello({ url, token }: DaemonProcess): Promise<void> {
  const ws = new WebSocket(`${url.replace("http:", "ws:")}${socketPath}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await once(ws, "open");
  ws.close();
  await once(ws, "close");
}
