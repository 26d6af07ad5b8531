// Fills the store of a state folder as years of use would, through the extensions' own writers.
//
// Task: `fill`.

import { type Composition, compose } from "@lathe/host-bin/compose.ts";
import {
  ConversationsService,
  type DurableEvent,
  LogSinks,
  RunsService,
  type Snapshot,
  SnapshotsService,
} from "@lathe/kernel";
import { answerAsActor } from "../harness/actor.ts";
import { runConcurrently } from "../harness/concurrent.ts";
import { benchConversation } from "../in-process.ts";
import { seededUsage, turnEntries } from "../lathe/seeded-turns.ts";
import { recordCountOfTurn, turnRecords } from "../traces/turn-records.ts";

export interface Filling {
  readonly stateDir: string;
  readonly conversationCount: number;
  readonly traceRecordCount: number;
}

const extensions = ["storage-lmdb", "conversation-store", "snapshot-store", "run-registry", "trace-store"];

async function fill({ stateDir, conversationCount, traceRecordCount }: Filling): Promise<void> {
  const composition = await compose({ stateFolder: stateDir, only: extensions });
  try {
    await fillConversations(composition, conversationCount);
    await fillTraces(composition, traceRecordCount);
  } finally {
    await composition.close();
  }
}

/** So many wait for the disk together. */
const atOnce = 500;

async function fillConversations(composition: Composition, count: number): Promise<void> {
  let index = 0;
  await runConcurrently(count, Math.min(atOnce, count), () => addConversation(composition, index++));
}

/** A conversation of one turn, which was run to its end. */
async function addConversation(composition: Composition, index: number): Promise<void> {
  const conversations = composition.use(ConversationsService);
  const runs = composition.use(RunsService);
  const { id } = await conversations.create(benchConversation);
  const [turnId, runId] = [`trn_${index}`, `run_${index}`];
  const run = { id: runId, kind: "turn", owner: "bench", parentId: null, agent: "default", turnId };
  const events = turnEntries(id, index, turnId, runId);
  const begun = [runs.begin({ ...run, conversationId: id, firstSeq: 1 })];
  await conversations.append(id, events.slice(0, 2), { joined: begun });
  const ending = {
    status: "succeeded",
    usage: seededUsage,
    result: "Done.",
    error: null,
    lastSeq: events.length,
  } as const;
  const ended = await runs.end(runId, ending);
  const snapshot = composition.use(SnapshotsService).prepare(snapshotOf(id, events), events.slice(2));
  await conversations.append(id, events.slice(2), {
    joined: ended === undefined ? [snapshot] : [snapshot, ended],
  });
}

function snapshotOf(conversationId: string, events: readonly DurableEvent[]): Snapshot {
  const [, start] = events;
  if (start?.type !== "turn-start") throw new Error("A turn begins with its message and its start.");
  const { turnId, runId, agent, model } = start;
  const facts = {
    stepCount: 1,
    toolCallCount: 0,
    usage: seededUsage,
    contextSize: 120,
    resumeCount: 0,
    retry: null,
  };
  return {
    conversationId,
    state: "idle",
    seq: events.length,
    turn: { turnId, runId, agent, model, startSeq: 1, startedAtMs: 0, ...facts },
    pending: null,
  };
}

/** So many turns are handed over before the sink is waited for: its queue is bounded. */
const turnsAtOnce = 200;

async function fillTraces({ host }: Composition, recordCount: number): Promise<void> {
  const traces = host.contributions(LogSinks).get("traces");
  if (traces === undefined) throw new Error("Nobody keeps traces.");
  const turnCount = Math.ceil(recordCount / recordCountOfTurn);
  for (let turn = 0; turn < turnCount; turn += 1) {
    for (const record of turnRecords(turn)) traces.write(record);
    if (turn % turnsAtOnce === turnsAtOnce - 1) await traces.flush?.();
  }
  await traces.flush?.();
}

answerAsActor({ fill });
