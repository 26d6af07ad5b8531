// The one connection of this tab, and what it answers.
import {
  type AnyDeclaration,
  type CallOptions,
  type Client,
  type ConnectionState,
  connect,
  type InputOf,
  type OutputOf,
} from "@lathe/client";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { noteRefusal } from "./session.ts";

const client: Client = connect({ url: location.origin, transport: "websocket" });
const state: Signal<ConnectionState> = signal(client.state.value);

/** How this tab stands with the daemon. */
export const connection: ReadonlySignal<ConnectionState> = state;

/** What follows streams. Its calls are made through `ask`, which notices when the session is over. */
export const daemon: Client = client;

/** Asks once. Throws as the client does. */
export async function ask<Declaration extends AnyDeclaration>(
  operation: Declaration,
  input: InputOf<Declaration>,
  options: CallOptions = {},
): Promise<OutputOf<Declaration>> {
  try {
    return (await client.call(operation, input, options)) as OutputOf<Declaration>;
  } catch (failure) {
    noteRefusal(failure);
    throw failure;
  }
}

/** Tries again at once when the network is back, or somebody looks. Called once. */
export function followSurroundings(): void {
  client.state.subscribe(() => {
    state.value = client.state.value;
  });
  addEventListener("online", () => client.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") client.retryNow();
  });
}
