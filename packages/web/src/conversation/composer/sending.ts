// The messages that are on their way, one per conversation. They belong to the tab, not to the pane: whoever looks at
// something else meanwhile, or loads the page again, finds them as they are.
import { ConnectionError } from "@lathe/client";
import { runsCreate } from "@lathe/wire/operations";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { announce } from "../../kit/announce.tsx";
import { failureText } from "../../kit/problem-card.tsx";
import { ask, connection } from "../../state/daemon.ts";
import { deliver, type Message } from "./deliver.ts";
import { giveBack, keepText, keptText } from "./drafts.ts";

export type Sending =
  | { readonly kind: "none" }
  | { readonly kind: "sending"; readonly message: Message }
  /** Its answer was lost; it is asked again until it is known. */
  | { readonly kind: "unknown"; readonly message: Message }
  /** The daemon has begun this turn for it. */
  | { readonly kind: "taken"; readonly message: Message; readonly turnId: string | null }
  /** The text is a draft again. */
  | { readonly kind: "not-sent"; readonly reason: string };

const held: Map<string, Signal<Sending>> = new Map();

/** What is on its way to a conversation. One that was under way when the page was loaded again is asked for. */
export function sendingTo(id: string): ReadonlySignal<Sending> {
  return signalOf(id);
}

/** Sends it, and does not wait for it. `afterSeq`: position of the last entry that is known. */
export function startSending(id: string, text: string, afterSeq: number): void {
  const message: Message = { key: newKey(), text, afterSeq };
  keepText(`sending.${id}`, JSON.stringify(message));
  void send(id, message, false);
}

/** The message about which nothing is to be said any more. */
export function dismissSending(id: string): void {
  const state = signalOf(id);
  if (state.value.kind === "not-sent" || state.value.kind === "taken") state.value = { kind: "none" };
}

// `randomUUID` is there in secure contexts only, and a daemon in the same network has none.
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `page-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function signalOf(id: string): Signal<Sending> {
  const known = held.get(id);
  if (known !== undefined) return known;
  const state = signal<Sending>({ kind: "none" });
  held.set(id, state);
  const message = messageIn(keptText(`sending.${id}`));
  if (message !== undefined) void send(id, message, true);
  return state;
}

async function send(id: string, message: Message, mayHaveArrived: boolean): Promise<void> {
  const state = signalOf(id);
  state.value = { kind: mayHaveArrived ? "unknown" : "sending", message };
  const delivery = await deliver(
    message,
    {
      ask: ({ key, text }) =>
        ask(runsCreate, { kind: "turn", conversationId: id, input: { text } }, { idempotencyKey: key }),
      onUnknown: () => {
        state.value = { kind: "unknown", message };
      },
      reachable,
    },
    mayHaveArrived,
  );
  keepText(`sending.${id}`, "");
  if (delivery.kind === "taken") state.value = { kind: "taken", message, turnId: delivery.run.turnId };
  else {
    giveBack(id, message.text);
    state.value = { kind: "not-sent", reason: reasonOf(delivery.failure) };
    announce("The message was not sent.");
  }
}

function reasonOf(failure: unknown): string {
  return failure instanceof ConnectionError
    ? "The daemon cannot be reached, so nothing was sent. Your text is below; send it when the daemon answers again."
    : failureText(failure);
}

const pauseMs = 1_000;

/** After a pause, when there is a connection. */
async function reachable(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  await new Promise<void>((resolve) => {
    let stop: (() => void) | undefined;
    let isDone = false;
    stop = connection.subscribe(({ kind }) => {
      if (kind === "waiting" || kind === "connecting" || isDone) return;
      isDone = true;
      stop?.();
      resolve();
    });
    if (isDone) stop();
  });
}

function messageIn(kept: string | null): Message | undefined {
  if (kept === null) return undefined;
  try {
    const { key, text, afterSeq } = JSON.parse(kept) as Partial<Message>;
    if (typeof key === "string" && typeof text === "string" && typeof afterSeq === "number")
      return { key, text, afterSeq };
  } catch {
    // Something else was written there.
  }
  return undefined;
}
