// Records what a server sends on one WebSocket, for a floor that is to send the same bytes.

import { once } from "node:events";
import { WebSocket } from "ws";
import type { SocketAddress } from "./open-socket.ts";

export interface Recording {
  /** Settles when a text that holds the mark has come, with all texts up to it that came since the last call. */
  until(mark: string): Promise<readonly string[]>;
  close(): void;
}

/** Opens a socket and says the given texts. Whoever opens it closes it. */
export async function openRecording(
  { url, headers }: SocketAddress,
  said: readonly string[],
): Promise<Recording> {
  const socket = new WebSocket(url.replace("http:", "ws:"), { headers, perMessageDeflate: false });
  let texts: string[] = [];
  let onText = (): void => {};
  socket.on("message", (bytes) => {
    texts.push(String(bytes));
    onText();
  });
  await once(socket, "open");
  for (const text of said) socket.send(text);
  const until = (mark: string): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      let looked = 0;
      const look = (): void => {
        while (looked < texts.length && !texts[looked]?.includes(mark)) looked += 1;
        if (looked === texts.length) return;
        onText = () => {};
        resolve(texts.slice(0, looked + 1));
        texts = texts.slice(looked + 1);
      };
      onText = look;
      socket.once("close", (code) => reject(new Error(`The socket was closed with ${code}.`)));
      look();
    });
  return { until, close: () => socket.terminate() };
}
