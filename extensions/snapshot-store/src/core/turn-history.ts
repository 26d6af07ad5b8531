// What the turns of a conversation took, read through its forks: each stretch of its lineage has rows of its own.
import {
  addUsage,
  type Conversations,
  type LogStretch,
  noUsage,
  type Row,
  type RowQuery,
  type Snapshots,
  type Storage,
} from "@lathe/kernel";
import type { ConversationUsage, StepSummary, TurnMetrics, TurnSummary } from "@lathe/wire";
import { restoredKey, restoredPrefix, stepKey, stepPrefix, turnPrefix } from "./keys.ts";
import type { StepRow, TurnBegunRow, TurnDoneRow } from "./metrics-rows.ts";
import { cacheHitRateOf, UsageSum } from "./usage-sum.ts";

export interface HistoryDesk {
  readonly storage: Storage;
  readonly conversations: Pick<Conversations, "lineage">;
  readonly snapshots: Pick<Snapshots, "get">;
}

export interface HistoryPage {
  readonly order: "newest" | "oldest";
  readonly limit: number;
  /** First position of the turn that was seen last. */
  readonly afterSeq?: number;
}

interface FoundTurn {
  readonly stretch: LogStretch;
  readonly firstSeq: number;
  readonly begun: TurnBegunRow;
  readonly done: TurnDoneRow | undefined;
}

/** Both ends are left behind; the later one is where the conversation went back from. */
export interface UndoneRange {
  readonly fromSeq: number;
  readonly toSeq: number;
}

const pageSize = 1_000;
/** Each turn has two rows, and others wait while a page of them is read. */
const turnPageSize = 250;

export class TurnHistory {
  readonly #desk: HistoryDesk;

  constructor(desk: HistoryDesk) {
    this.#desk = desk;
  }

  /** Throws UnknownConversationError. */
  async turns(conversationId: string, page: HistoryPage): Promise<readonly TurnSummary[]> {
    const { found, undone } = await this.#find(conversationId, page);
    return Promise.all(found.map((turn) => this.#summary(conversationId, turn, undone)));
  }

  /** As `turns`, with the steps of each. */
  async metrics(conversationId: string, page: HistoryPage): Promise<readonly TurnMetrics[]> {
    const { found, undone } = await this.#find(conversationId, page);
    const both = found.map(async (turn) => {
      const [summary, steps] = [this.#summary(conversationId, turn, undone), this.#steps(turn)];
      return { ...(await summary), steps: await steps };
    });
    return Promise.all(both);
  }

  /** What all turns took together, read page by page. Throws UnknownConversationError. */
  async usage(conversationId: string): Promise<ConversationUsage> {
    const [kept, undone] = [new UsageSum(), new UsageSum()];
    for (let page: HistoryPage | undefined = { order: "oldest", limit: turnPageSize }; page !== undefined; ) {
      const turns: readonly TurnSummary[] = await this.turns(conversationId, page);
      for (const turn of turns) (turn.undone ? undone : kept).add(turn);
      const last = turns.at(-1);
      page = last && { ...page, afterSeq: last.firstSeq };
    }
    return { ...kept.totals(), undone: undone.totals() };
  }

  /** What restores left behind, in the order of the log. Throws UnknownConversationError. */
  async undone(conversationId: string): Promise<readonly UndoneRange[]> {
    return (await this.#undone(await this.#desk.conversations.lineage(conversationId))).toReversed();
  }

  async #find(
    conversationId: string,
    page: HistoryPage,
  ): Promise<{ readonly found: readonly FoundTurn[]; readonly undone: readonly UndoneRange[] }> {
    const stretches = await this.#desk.conversations.lineage(conversationId);
    const undone = await this.#undone(stretches);
    const found: FoundTurn[] = [];
    for (const stretch of page.order === "newest" ? stretches.toReversed() : stretches) {
      if (found.length < page.limit)
        found.push(...(await this.#turnsOf(stretch, page, page.limit - found.length)));
    }
    return { found, undone };
  }

  /** Each turn has two rows, so that twice as many are read as turns are wanted, and one more that may be cut off. */
  async #turnsOf(stretch: LogStretch, page: HistoryPage, limit: number): Promise<readonly FoundTurn[]> {
    const reverse = page.order === "newest";
    const { conversationId } = stretch;
    const seen = page.afterSeq;
    const after = Math.max(stretch.afterSeq, reverse ? 0 : (seen ?? 0));
    const before = Math.min(
      lastOf(stretch) + 1,
      reverse ? (seen ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY,
    );
    const rows = await this.#desk.storage.list({
      prefix: turnPrefix(conversationId),
      // Behind both rows of the turn at that position.
      after: [...turnPrefix(conversationId), after, 2],
      ...(Number.isFinite(before) ? { before: [...turnPrefix(conversationId), before] } : {}),
      reverse,
      limit: Math.min(1_000, 2 * limit),
    });
    const turns = new Map<number, { begun?: TurnBegunRow; done?: TurnDoneRow }>();
    for (const { key, value } of rows) {
      const firstSeq = Number(key[2]);
      const turn = turns.get(firstSeq) ?? {};
      if (key[3] === 0) turn.begun = value as unknown as TurnBegunRow;
      else turn.done = value as unknown as TurnDoneRow;
      turns.set(firstSeq, turn);
    }
    const found: FoundTurn[] = [];
    for (const [firstSeq, { begun, done }] of turns)
      if (begun !== undefined) found.push({ stretch, firstSeq, begun, done });
    return found.slice(0, limit);
  }

  async #summary(
    conversationId: string,
    { stretch, firstSeq, begun, done }: FoundTurn,
    undone: readonly UndoneRange[],
  ): Promise<TurnSummary> {
    const isUndone = undone.some(({ fromSeq, toSeq }) => firstSeq >= fromSeq && firstSeq <= toSeq);
    const known = { ...begun, firstSeq, undone: isUndone };
    if (done !== undefined && done.lastSeq <= lastOf(stretch))
      return { ...known, ...done, cacheHitRate: cacheHitRateOf(done.usage) };
    return stretch.toSeq === null
      ? { ...known, ...(await this.#running(conversationId, begun.turnId)) }
      : { ...known, ...(await this.#cut({ stretch, firstSeq, begun, done }, stretch.toSeq)) };
  }

  async #running(conversationId: string, turnId: string): Promise<Unfinished> {
    const turn = (await this.#desk.snapshots.get(conversationId))?.turn;
    const { stepCount, toolCallCount, usage, contextSize } = turn?.turnId === turnId ? turn : nothing;
    const cacheHitRate = cacheHitRateOf(usage);
    const open = { lastSeq: null, durationMs: null, finishReason: null };
    return { ...open, stepCount, toolCallCount, usage, contextSize, cacheHitRate };
  }

  /** A fork inside of the turn shares its first steps only, and closed it with two entries of its own. */
  async #cut(turn: FoundTurn, toSeq: number): Promise<Unfinished> {
    const steps = await this.#steps(turn);
    const usage = steps.reduce(
      (sum, step) => (step.usage === null ? sum : addUsage(sum, step.usage)),
      noUsage,
    );
    return {
      lastSeq: toSeq + 2,
      durationMs: steps.reduce((sum, { metrics }) => sum + metrics.totalMs, 0),
      finishReason: "interrupted",
      stepCount: steps.length,
      toolCallCount: steps.reduce((sum, { toolCalls }) => sum + toolCalls.length, 0),
      usage,
      contextSize: steps.findLast(({ contextSize }) => contextSize !== null)?.contextSize ?? null,
      cacheHitRate: cacheHitRateOf(usage),
    };
  }

  async #steps({ stretch, firstSeq, done }: FoundTurn): Promise<readonly StepSummary[]> {
    const { conversationId } = stretch;
    const lastSeq = Math.min(done?.lastSeq ?? Number.POSITIVE_INFINITY, lastOf(stretch));
    const rows = await this.#all({
      prefix: stepPrefix(conversationId),
      after: stepKey(conversationId, firstSeq),
      ...(Number.isFinite(lastSeq) ? { before: stepKey(conversationId, lastSeq + 1) } : {}),
    });
    return rows.map(stepOf);
  }

  /** From the newest restore back: what a restore went back over counts no more, the restores in it neither. */
  async #undone(stretches: readonly LogStretch[]): Promise<readonly UndoneRange[]> {
    const ranges: UndoneRange[] = [];
    let cut = Number.POSITIVE_INFINITY;
    for (const { seq, toSeq } of await this.#restores(stretches)) {
      if (seq >= cut) continue;
      ranges.push({ fromSeq: toSeq + 1, toSeq: seq });
      cut = toSeq + 1;
    }
    return ranges;
  }

  /** Newest first. */
  async #restores(stretches: readonly LogStretch[]): Promise<readonly { seq: number; toSeq: number }[]> {
    const found: { seq: number; toSeq: number }[] = [];
    for (const stretch of stretches) {
      const { conversationId, afterSeq } = stretch;
      const last = lastOf(stretch);
      const rows = await this.#all({
        prefix: restoredPrefix(conversationId),
        after: restoredKey(conversationId, afterSeq),
        ...(Number.isFinite(last) ? { before: restoredKey(conversationId, last + 1) } : {}),
      });
      found.push(...rows.map(({ key, value }) => ({ seq: Number(key[2]), toSeq: Number(value) })));
    }
    return found.reverse();
  }

  async #all(query: Omit<RowQuery, "limit" | "reverse">): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (let from = query; ; ) {
      const page = await this.#desk.storage.list({ ...from, limit: pageSize });
      rows.push(...page);
      const last = page.at(-1);
      if (page.length < pageSize || last === undefined) return rows;
      from = { ...query, after: last.key };
    }
  }
}

type Unfinished = Omit<TurnSummary, keyof TurnBegunRow | "firstSeq" | "undone">;

const nothing = { stepCount: 0, toolCallCount: 0, usage: noUsage, contextSize: null };

function lastOf({ toSeq }: LogStretch): number {
  return toSeq ?? Number.POSITIVE_INFINITY;
}

function stepOf({ key, value }: Row): StepSummary {
  const row = value as unknown as StepRow;
  return { ...row, seq: Number(key[2]), cacheHitRate: row.usage === null ? null : cacheHitRateOf(row.usage) };
}
