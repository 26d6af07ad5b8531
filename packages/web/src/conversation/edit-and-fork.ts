// Another course from an earlier message: a new conversation that shares what was before it.
import type { Conversation } from "@lathe/kernel";
import type { TurnView } from "@lathe/wire";
import { conversationsCreate, conversationsFork, conversationsGet } from "@lathe/wire/operations";
import type { Signal } from "@preact/signals";
import { goFrom } from "../app/navigation.ts";
import { toast, toastFailure } from "../kit/toasts.tsx";
import { untilAnswered } from "../state/ask-once.ts";
import { ask } from "../state/daemon.ts";
import { newKey } from "../state/new-key.ts";
import { draftOf } from "./composer/drafts.ts";
import { positionBefore } from "./composer/send-rules.ts";
import { startSending } from "./composer/sending.ts";
import { textOf } from "./turn/turn-texts.ts";

export interface Editing {
  /** Whose message is edited. */
  readonly turn: TurnView;
  readonly isSending: boolean;
}

/** Name of the draft of an edited message. */
export function editName({ turnId }: Pick<TurnView, "turnId">): string {
  return `edit.${turnId}`;
}

export function beginEditing(turn: TurnView, editing: Signal<Editing | null>): void {
  const draft = draftOf(editName(turn));
  if (draft.value === "") draft.value = textOf(turn.userMessage);
  editing.value = { turn, isSending: false };
}

/** Forks, sends there, and goes there. Where the fork fails, the text stays where it is. */
export async function sendEdited(
  id: string,
  edited: Editing,
  text: string,
  editing: Signal<Editing | null>,
): Promise<void> {
  editing.value = { ...edited, isSending: true };
  try {
    const fork = await begin(id, edited.turn);
    const draft = draftOf(editName(edited.turn));
    // What was typed meanwhile is another message.
    if (draft.value === text) draft.value = "";
    editing.value = null;
    startSending(fork.id, text, fork.lastSeq);
    goFrom({ kind: "conversation", id }, { kind: "conversation", id: fork.id });
  } catch (failure) {
    editing.value = edited;
    toastFailure("The message was not sent, because the conversation could not be forked", failure);
  }
}

/** Forks that were gone to from here and are not shown yet: whoever forks wants to write next. */
export const forkedHere: Set<string> = new Set();

/** The turns after which a fork is being made: another press meanwhile is the same wish. */
const forking: Set<string> = new Set();

/** Begins a conversation that shares everything up to the end of the turn, and goes to it. */
export async function forkAfter(id: string, { turnId }: Pick<TurnView, "turnId">): Promise<void> {
  if (forking.has(turnId)) return;
  forking.add(turnId);
  try {
    const fork = await ask(conversationsFork, { id, turnId });
    const isShown = goFrom({ kind: "conversation", id }, { kind: "conversation", id: fork.id });
    if (isShown) forkedHere.add(fork.id);
    toast(`${isShown ? "This" : "There"} is a new conversation, which shares everything up to there.`);
  } catch (failure) {
    toastFailure("The conversation could not be forked", failure);
  } finally {
    forking.delete(turnId);
  }
}

async function begin(id: string, turn: TurnView): Promise<Conversation> {
  const position = positionBefore(turn);
  if (position.kind === "turn") return await ask(conversationsFork, { id, turnId: position.turnId });
  if (position.kind === "seq") return await ask(conversationsFork, { id, seq: position.seq });
  const { agent, model, cwd } = await ask(conversationsGet, { id });
  const asked = { agent, cwd, ...(model === null ? {} : { model }) };
  const idempotencyKey = newKey();
  return await untilAnswered(() => ask(conversationsCreate, asked, { idempotencyKey }));
}
