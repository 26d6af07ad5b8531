// What the outside can ask of where conversations stand.
import { type Conversations, type Snapshot, type Snapshots, UnknownConversationError } from "@lathe/kernel";
import {
  type AnyOperation,
  implementOperation,
  type Page,
  type Principal,
  ProblemError,
  refuseOthers,
  type TurnSummary,
} from "@lathe/wire";
import {
  conversationsCompare,
  conversationsMetrics,
  conversationsSnapshot,
  conversationsTimeline,
  conversationsUsage,
  type TimelineInput,
} from "@lathe/wire/operations";
import { compareConversations } from "./comparison.ts";
import type { HistoryPage, TurnHistory } from "./turn-history.ts";

export interface OperationsDesk {
  readonly conversations: Pick<Conversations, "get" | "lineage">;
  readonly snapshots: Pick<Snapshots, "get">;
  readonly history: TurnHistory;
}

export function snapshotOperations(desk: OperationsDesk): readonly AnyOperation[] {
  return [snapshot(desk), timeline(desk), metrics(desk), usage(desk), compare(desk)];
}

function snapshot({ conversations, snapshots }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsSnapshot, {
    run: async ({ id }, { principal }) => {
      const { lastSeq } = await ownOf(conversations, id, principal);
      return (await snapshots.get(id)) ?? untouched(id, lastSeq);
    },
  });
}

function timeline({ conversations, history }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsTimeline, {
    run: async (input, { principal }) => {
      await ownOf(conversations, input.id, principal);
      return pageOf(input, (page) => history.turns(input.id, page));
    },
  });
}

function metrics({ conversations, history }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsMetrics, {
    run: async (input, { principal }) => {
      await ownOf(conversations, input.id, principal);
      return pageOf(input, (page) => history.metrics(input.id, page));
    },
  });
}

function usage({ conversations, history }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsUsage, {
    run: async ({ id }, { principal }) => {
      await ownOf(conversations, id, principal);
      return history.usage(id).catch(asProblem);
    },
  });
}

function compare(desk: OperationsDesk): AnyOperation {
  return implementOperation(conversationsCompare, {
    run: async ({ id, otherId }, { principal }) => {
      await ownOf(desk.conversations, id, principal);
      await ownOf(desk.conversations, otherId, principal);
      return compareConversations(id, otherId, desk).catch(asProblem);
    },
  });
}

/** Asks for one more than the page holds, to know whether there is another page. */
async function pageOf<Item extends TurnSummary>(
  { order, limit, cursor }: TimelineInput,
  read: (page: HistoryPage) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const afterSeq = cursor === undefined ? undefined : positionOf(cursor);
  const page = { order, limit: limit + 1, ...(afterSeq === undefined ? {} : { afterSeq }) };
  const found = await read(page).catch(asProblem);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? String(last.firstSeq) : null };
}

function positionOf(cursor: string): number {
  if (/^[1-9]\d{0,15}$/.test(cursor)) return Number(cursor);
  const message = "It is no cursor of this list. Use what the page before gave as `nextCursor`.";
  throw new ProblemError(400, "invalid-cursor", message, { errors: [{ field: "cursor", message }] });
}

/** A conversation in which nothing has happened, or a fork that has not gone on yet. */
function untouched(conversationId: string, seq: number): Snapshot {
  return { conversationId, state: "idle", seq, turn: null, pending: null };
}

async function ownOf(
  conversations: Pick<Conversations, "get">,
  id: string,
  principal: Principal,
): Promise<{ readonly lastSeq: number }> {
  const conversation = await conversations.get(id);
  if (conversation === undefined) throw unknown(id);
  refuseOthers(principal, conversation.owner, unknown(id));
  return conversation;
}

function asProblem(failure: unknown): never {
  throw failure instanceof UnknownConversationError ? unknown(failure.conversationId) : failure;
}

function unknown(conversationId: string): ProblemError {
  const { code, message } = new UnknownConversationError(conversationId);
  return new ProblemError(404, code, message);
}
