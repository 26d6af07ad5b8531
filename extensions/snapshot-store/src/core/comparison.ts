// What two conversations have in common, and what each took after they parted.
//
// Invariants
//   C1  A turn is common where both go on from it, and from the same turns before it: that the logs share it is not enough,
//       since one of the two may have gone back behind it.
//   C2  Every turn that a conversation goes on from is counted once, in the common part or in its own. One that is cut in
//       two is counted where it begins, and each of its steps where the step stands.
import { type Conversations, UnknownConversationError } from "@lathe/kernel";
import type { ComparedPart, ConversationComparison, TurnMetrics, TurnSummary } from "@lathe/wire";
import { PartSum } from "./part-sum.ts";
import { sharedLogSeq } from "./parting.ts";
import type { TurnHistory } from "./turn-history.ts";

export interface ComparisonDesk {
  readonly conversations: Pick<Conversations, "get" | "lineage">;
  readonly history: TurnHistory;
}

const turnPageSize = 250;

/** Reads the rows of turns page by page, and none of the entries. Throws UnknownConversationError. */
export async function compareConversations(
  id: string,
  otherId: string,
  desk: ComparisonDesk,
): Promise<ConversationComparison> {
  const logSeq = await sharedSeqOf(id, otherId, desk);
  const [one, other] = [new Side(id, desk.history), new Side(otherId, desk.history)];
  const shared = new PartSum();
  let sharedSeq = 0;
  for (;;) {
    const [turn, beside] = await Promise.all([one.turn(), other.turn()]);
    if (turn === undefined || turn.turnId !== beside?.turnId || turn.firstSeq > logSeq) break;
    if (isWithin(turn, logSeq) && isWithin(beside, logSeq)) {
      shared.add(turn);
      sharedSeq = turn.lastSeq;
      one.next();
      other.next();
    } else {
      const cut = await one.cut(logSeq);
      await other.cut(logSeq);
      shared.addBeginning(turn, cut);
      sharedSeq = logSeq;
      break;
    }
  }
  const [own, otherOwn] = await Promise.all([one.rest(sharedSeq), other.rest(sharedSeq)]);
  return { sharedSeq, shared: shared.totals(), one: own, other: otherOwn };
}

async function sharedSeqOf(id: string, otherId: string, { conversations }: ComparisonDesk): Promise<number> {
  const [conversation, lineage, otherLineage] = await Promise.all([
    conversations.get(id),
    conversations.lineage(id),
    conversations.lineage(otherId),
  ]);
  if (conversation === undefined) throw new UnknownConversationError(id);
  // What is compared with itself shares all that there is.
  return Math.min(sharedLogSeq(lineage, otherLineage), conversation.lastSeq);
}

function isWithin(turn: TurnSummary, seq: number): turn is TurnSummary & { readonly lastSeq: number } {
  return turn.lastSeq !== null && turn.lastSeq <= seq;
}

/** One of the two, read from its first turn on. */
class Side {
  readonly #id: string;
  readonly #history: TurnHistory;
  readonly #own: PartSum = new PartSum();
  #page: readonly TurnSummary[] = [];
  #at = 0;
  #afterSeq: number | undefined = 0;

  constructor(id: string, history: TurnHistory) {
    this.#id = id;
    this.#history = history;
  }

  /** The turn that is looked at; undefined = there are no more. */
  async turn(): Promise<TurnSummary | undefined> {
    while (this.#at >= this.#page.length && this.#afterSeq !== undefined) {
      const found = await this.#history.turns(this.#id, this.#pageAfter(this.#afterSeq, turnPageSize));
      this.#afterSeq = found.at(-1)?.firstSeq;
      this.#page = found.filter(({ undone }) => !undone);
      this.#at = 0;
    }
    return this.#page[this.#at];
  }

  next(): void {
    this.#at += 1;
  }

  /** Counts what the turn did after the position as its own; returns what it did until then. */
  async cut(seq: number): Promise<TurnMetrics["steps"]> {
    const { firstSeq } = this.#page[this.#at] ?? { firstSeq: seq };
    const [turn] = await this.#history.metrics(this.#id, this.#pageAfter(firstSeq - 1, 1));
    const steps = turn?.steps ?? [];
    this.#own.addSteps(steps.filter((step) => step.seq > seq));
    this.next();
    return steps.filter((step) => step.seq <= seq);
  }

  async rest(sharedSeq: number): Promise<ComparedPart> {
    for (let turn = await this.turn(); turn !== undefined; turn = await this.turn()) {
      this.#own.add(turn);
      this.next();
    }
    const undone = await this.#history.undone(this.#id);
    return { ...this.#own.totals(), undone: undone.filter(({ fromSeq }) => fromSeq > sharedSeq) };
  }

  #pageAfter(afterSeq: number, limit: number): Parameters<TurnHistory["turns"]>[1] {
    return { order: "oldest", limit, afterSeq };
  }
}
