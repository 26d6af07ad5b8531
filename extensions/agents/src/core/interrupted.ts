// Ends turns that nobody runs: the daemon that ran them is gone, or its store refused their end.
import { type Conversations, type Entry, type TurnDone, UnknownConversationError } from "@lathe/kernel";
import { sumSteps } from "./history.ts";
import type { LiveConversation } from "./live-conversation.ts";
import type { Recorder, RunningTurn } from "./recorder.ts";

/**
 * Records that the turn was interrupted, and returns the seal, to be shown. Every step that was recorded before stays as
 * it is. Undefined where the conversation is gone: then the turn is forgotten.
 */
export async function sealInterrupted(
  turn: RunningTurn,
  live: LiveConversation,
  conversations: Conversations,
  recorder: Recorder,
): Promise<Entry | undefined> {
  try {
    const sum = sumSteps(await entriesOfTurn(turn, conversations), turn.turnId);
    const done: TurnDone = {
      type: "done",
      conversationId: turn.conversationId,
      turnId: turn.turnId,
      finishReason: "interrupted",
      durationMs: 0,
      ...sum,
    };
    const { entries, seal } = await recorder.record(turn, [done]);
    live.publishEntries(entries.filter((entry) => entry !== seal));
    return seal;
  } catch (failure) {
    if (!(failure instanceof UnknownConversationError)) throw failure;
    await recorder.forget(turn.conversationId);
    return undefined;
  }
}

/** Reads backwards in pages, so that a long conversation costs no more than its last turn. */
async function entriesOfTurn(turn: RunningTurn, conversations: Conversations): Promise<readonly Entry[]> {
  const conversation = await conversations.get(turn.conversationId);
  if (conversation === undefined) throw new UnknownConversationError(turn.conversationId);
  const found: Entry[] = [];
  const limit = 200;
  for (let end = conversation.lastSeq; end > 0; end -= limit) {
    const sinceSeq = Math.max(0, end - limit);
    const page = await conversations.entries(turn.conversationId, { sinceSeq, limit: end - sinceSeq });
    found.unshift(...page);
    if (page.some((entry) => entry.type === "turn-start" && entry.turnId === turn.turnId)) break;
  }
  return found;
}
