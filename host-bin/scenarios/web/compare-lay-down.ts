// A long conversation and a long fork of it, with what their turns took: written into the store before the daemon starts.
import {
  type Conversations,
  ConversationsService,
  type DurableEvent,
  type Snapshot,
  type Snapshots,
  SnapshotsService,
} from "@lathe/kernel";
import { compose } from "../../compose.ts";
import type { Stage } from "../../testing/stage.ts";

export interface LongPair {
  readonly id: string;
  readonly forkId: string;
}

const turnsPerCommit = 100;
const turnEntryCount = 5;
const usage = {
  inputTokens: 90,
  outputTokens: 30,
  cacheReadTokens: 60,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};
const writer = { provider: "openai", model: "test" } as const;
const metrics = { startedAtMs: 0, timeToFirstTokenMs: 1, decodeMs: 1, totalMs: 2 };

/** Both have `turnCount` turns, of which they share the first `sharedCount`. */
export async function layDownPair(stage: Stage, sharedCount: number, turnCount: number): Promise<LongPair> {
  const only = ["storage-lmdb", "conversation-store", "snapshot-store"];
  const composition = await compose({ stateFolder: stage.home.stateFolder, only });
  try {
    const conversations = composition.use(ConversationsService);
    const snapshots = composition.use(SnapshotsService);
    const own = { owner: "local", title: "A long one", model: null };
    const { id } = await conversations.create({ ...own, agent: "default", cwd: stage.workFolder });
    await write(id, 0, sharedCount, "shared", conversations, snapshots);
    const { id: forkId } = await conversations.fork(id, sharedCount * turnEntryCount, own);
    await write(id, sharedCount, turnCount, "origin", conversations, snapshots);
    await write(forkId, sharedCount, turnCount, "fork", conversations, snapshots);
    return { id, forkId };
  } finally {
    await composition.close();
  }
}

async function write(
  id: string,
  from: number,
  to: number,
  branch: string,
  conversations: Conversations,
  snapshots: Snapshots,
): Promise<void> {
  for (let first = from; first < to; first += turnsPerCommit) {
    const numbers = Array.from({ length: Math.min(turnsPerCommit, to - first) }, (_, index) => first + index);
    const turns = numbers.map((number) => ({
      number,
      events: eventsOf(id, `trn_${branch}_${number}`, number, branch),
    }));
    const joined = turns.map(({ number, events }) =>
      snapshots.prepare(snapshotOf(id, number, branch), events),
    );
    await conversations.append(
      id,
      turns.flatMap(({ events }) => events),
      { joined },
    );
  }
}

/** As it is after the turn. */
function snapshotOf(conversationId: string, number: number, branch: string): Snapshot {
  const startSeq = number * turnEntryCount + 1;
  return {
    conversationId,
    state: "idle",
    seq: startSeq + turnEntryCount - 1,
    turn: {
      turnId: `trn_${branch}_${number}`,
      runId: `run_${branch}_${number}`,
      agent: "default",
      model: "openai/test",
      startSeq,
      startedAtMs: 1_000,
      stepCount: 1,
      toolCallCount: 0,
      usage,
      contextSize: 120,
      resumeCount: 0,
      retry: null,
    },
    pending: null,
  };
}

function eventsOf(
  conversationId: string,
  turnId: string,
  number: number,
  branch: string,
): readonly DurableEvent[] {
  const turn = { conversationId, turnId };
  const answer = `Answer number ${number} of the ${branch}.`;
  return [
    { ...turn, type: "user-message", content: [{ type: "text", text: `Question number ${number}?` }] },
    {
      ...turn,
      type: "turn-start",
      runId: `run_${branch}_${number}`,
      agent: "default",
      model: "openai/test",
    },
    {
      ...turn,
      ...writer,
      type: "step-complete",
      stepId: `${turnId}#0`,
      index: 0,
      finishReason: "stop",
      message: { role: "assistant", ...writer, content: [{ type: "text", text: answer }] },
      toolResults: [],
      toolCalls: [],
      usage,
      contextSize: 120,
      metrics,
    },
    { ...turn, type: "done", finishReason: "stop", stepCount: 1, durationMs: 4, usage, contextSize: 120 },
    { ...turn, type: "turn-sealed" },
  ];
}
