// Removes what is kept of a run that is over: its log, its journal, the conversations of its agents, the text of its
// script where no other run needs it. The row that says what it was begun with goes last, so that a deletion that
// was cut off can be begun again. Answers in the cache stay, and so do worktrees with changes.
import type { Conversations, Storage } from "@lathe/kernel";
import { callPrefix, runKey, scriptUseKey } from "../log/keys.ts";
import type { RunLogs } from "../log/run-logs.ts";
import { readJournal } from "./journal.ts";
import type { ScriptTexts } from "./script-texts.ts";
import { readStoredRun } from "./stored-run.ts";

export interface DeleteRunDesk {
  readonly storage: Storage;
  readonly logs: Pick<RunLogs, "keys">;
  readonly conversations: Pick<Conversations, "get" | "delete">;
  readonly texts: ScriptTexts;
}

const pageSize = 500;
const conversationsAtOnce = 50;

export async function deleteRun(runId: string, desk: DeleteRunDesk): Promise<void> {
  const { storage, logs, texts } = desk;
  await deleteConversations(runId, desk);
  for await (const keys of logs.keys(runId)) await storage.commit({ deletes: keys });
  for (;;) {
    const rows = await storage.list({ prefix: callPrefix(runId), limit: pageSize });
    if (rows.length === 0) break;
    await storage.commit({ deletes: rows.map(({ key }) => key) });
  }
  const stored = await readStoredRun(storage, runId);
  if (stored === undefined) return;
  const { scriptHash } = stored;
  await storage.commit({ deletes: [scriptUseKey(scriptHash, runId)] });
  await texts.giveUp(scriptHash);
  await storage.commit({ deletes: [runKey(runId)] });
}

/** Those that the run has begun for its agents. */
async function deleteConversations(runId: string, desk: DeleteRunDesk): Promise<void> {
  const calls = [...(await readJournal(desk.storage, runId)).values()];
  const ids = calls.flatMap(({ conversationId }) => conversationId ?? []);
  for (let start = 0; start < ids.length; start += conversationsAtOnce)
    await Promise.all(
      ids.slice(start, start + conversationsAtOnce).map((id) => deleteConversation(id, runId, desk)),
    );
}

async function deleteConversation(
  id: string,
  runId: string,
  { conversations }: DeleteRunDesk,
): Promise<void> {
  const conversation = await conversations.get(id);
  if (conversation?.parentRunId === runId) await conversations.delete(id);
}
