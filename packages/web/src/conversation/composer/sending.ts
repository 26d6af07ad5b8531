// The messages that are on their way, one per conversation. They belong to the tab, not to the pane: whoever looks at
// something else meanwhile, or loads the page again, finds them as they are.
import { runsCreate } from "@lathe/wire/operations";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { announce } from "../../kit/announce.tsx";
import { failureText } from "../../kit/problem-card.tsx";
import { ask, connection } from "../../state/daemon.ts";
import { newKey } from "../../state/new-key.ts";
import { type Delivery, deliver, type Message } from "./deliver.ts";
import { giveBack, keepText, keptText } from "./drafts.ts";

export type Sending =
  | { readonly kind: "none" }
  | { readonly kind: "sending"; readonly message: Message }
  /** The daemon cannot be reached, and has nothing of it; it is sent as soon as it can. */
  | { readonly kind: "away"; readonly message: Message }
  /** Its answer was lost; it is asked again until it is known. */
  | { readonly kind: "unknown"; readonly message: Message }
  /** The daemon has begun this turn for it. */
  | { readonly kind: "taken"; readonly message: Message; readonly turnId: string | null }
  /** The daemon refused it. The text is a draft again. */
  | { readonly kind: "refused"; readonly reason: string };

interface Outbox {
  readonly state: Signal<Sending>;
  /** Ends the wait before the next try; `isUnwanted`: because somebody wants the message back. */
  wake: () => void;
  isUnwanted: boolean;
}

const outboxes: Map<string, Outbox> = new Map();

/** What is on its way to a conversation. One that was under way when the page was loaded again is asked for. */
export function sendingTo(id: string): ReadonlySignal<Sending> {
  return outboxOf(id).state;
}

/** Whether nothing else can be sent as yet. */
export function isUnderWay({ kind }: Sending): boolean {
  return kind === "sending" || kind === "away" || kind === "unknown";
}

/** Sends it, and does not wait for it. `afterSeq`: position of the last entry that is known. */
export function startSending(id: string, text: string, afterSeq: number): void {
  const message: Message = { key: newKey(), text, afterSeq };
  keepText(`sending.${id}`, JSON.stringify(message));
  void send(id, message, false);
}

/** Makes the text a draft again, where it has not arrived. */
export function takeBack(id: string): void {
  const outbox = outboxOf(id);
  outbox.isUnwanted = true;
  outbox.wake();
}

/** The refusal about which nothing is to be said any more. */
export function dismissRefusal(id: string): void {
  const { state } = outboxOf(id);
  if (state.value.kind === "refused") state.value = { kind: "none" };
}

function outboxOf(id: string): Outbox {
  const known = outboxes.get(id);
  if (known !== undefined) return known;
  const outbox: Outbox = { state: signal({ kind: "none" }), wake: () => undefined, isUnwanted: false };
  outboxes.set(id, outbox);
  const message = messageIn(keptText(`sending.${id}`));
  if (message !== undefined) void send(id, message, true);
  return outbox;
}

async function send(id: string, message: Message, mayHaveArrived: boolean): Promise<void> {
  const outbox = outboxOf(id);
  const { state } = outbox;
  outbox.isUnwanted = false;
  state.value = { kind: mayHaveArrived ? "unknown" : "sending", message };
  const delivery = await deliver(
    message,
    {
      ask: ({ key, text }) =>
        ask(runsCreate, { kind: "turn", conversationId: id, input: { text } }, { idempotencyKey: key }),
      onWaiting: (isUnknown) => {
        const kind = isUnknown ? "unknown" : "away";
        if (state.value.kind !== kind) announce("The message is not sent yet.");
        state.value = { kind, message };
      },
      waited: () => reachable(outbox),
      isUnwanted: () => outbox.isUnwanted,
    },
    mayHaveArrived,
  );
  keepText(`sending.${id}`, "");
  state.value = settled(message, delivery);
  if (delivery.kind === "taken") return;
  giveBack(id, message.text);
  announce("The message was not sent.");
}

function settled(message: Message, delivery: Delivery): Sending {
  if (delivery.kind === "taken") return { kind: "taken", message, turnId: delivery.run.turnId };
  if (delivery.kind === "taken-back") return { kind: "none" };
  return { kind: "refused", reason: failureText(delivery.failure) };
}

const pauseMs = 1_000;

/** After a pause, when there is a connection; or when somebody wants the message back. */
async function reachable(outbox: Outbox): Promise<void> {
  const woken = new Promise<void>((resolve) => {
    outbox.wake = resolve;
  });
  await Promise.race([woken, new Promise((resolve) => setTimeout(resolve, pauseMs))]);
  const leaving = Promise.withResolvers<void>();
  const stop = connection.subscribe(({ kind }) => {
    if (kind !== "waiting" && kind !== "connecting") leaving.resolve();
  });
  await Promise.race([woken, leaving.promise]);
  stop();
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
