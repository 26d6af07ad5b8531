// The daemon process of a figure, and what clients need to reach it.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { protocolVersion, socketPath } from "@lathe/wire";
import { Actor } from "../harness/actor.ts";
import type { SocketAddress } from "../sockets/open-socket.ts";
import type { DaemonAddress, DaemonOpening } from "./daemon-process.ts";

const program = fileURLToPath(new URL("daemon-process.ts", import.meta.url));

export interface BenchDaemon {
  readonly actor: Actor;
  readonly url: string;
  readonly headers: { readonly authorization: string };
  readonly socket: SocketAddress;
}

/** Whoever starts it closes its actor. */
export async function startBenchDaemon(
  stateDir: string,
  modelUrl: string,
  prefix: readonly string[],
): Promise<BenchDaemon> {
  const actor = new Actor(program, prefix);
  try {
    const opening: DaemonOpening = { stateFolder: join(stateDir, "daemon"), modelUrl };
    const { url, token } = await actor.ask<DaemonAddress>("open", opening);
    const headers = { authorization: `Bearer ${token}` };
    return { actor, url, headers, socket: { url: new URL(socketPath, url).href, headers } };
  } catch (failure) {
    await actor.close();
    throw failure;
  }
}

export const helloFrame: string = JSON.stringify({ type: "hello", protocol: protocolVersion });

/** Follows a conversation from its beginning. */
export function subscribeFrame(conversationId: string): string {
  return JSON.stringify({
    type: "subscribe",
    id: "follow",
    operation: "conversations.stream",
    input: { id: conversationId },
  });
}

/** What the answer to it holds near its end. */
export const subscribedMark = '"stream":"conversation:';
