// The one place that stores what a turn says: its entries, the conversation's snapshot, the metrics, the run and the
// partial content, in one commit each time.
import type {
  Conversations,
  DurableEvent,
  Entry,
  FailpointsPower,
  Key,
  ModelPrices,
  PreparedChanges,
  RunEnding,
  Runs,
  Snapshot,
  Snapshots,
  Storage,
  TransientEvent,
  TurnDone,
  TurnSealed,
} from "@lathe/kernel";
import { InFlight } from "./in-flight.ts";
import type { LiveConversation } from "./live-conversation.ts";
import { putOf, readPartialRows } from "./partial-rows.ts";
import { advance, isUnfinished, textOf } from "./progress.ts";
import { runEndingOf } from "./turn-run-ending.ts";
import { TurnSpending } from "./turn-spending.ts";

/** A turn that was admitted and has not sealed. */
export interface RunningTurn {
  readonly conversationId: string;
  readonly turnId: string;
  readonly runId: string;
  /** As it was stored last. */
  snapshot: Snapshot;
  readonly inFlight: InFlight;
  /** Undefined where its run has no budget of its own. */
  readonly spending?: TurnSpending | undefined;
  /** What the last answer said; null while none has said anything. */
  lastText: string | null;
}

export interface Recorded {
  /** One for each event, in order, and the seal behind them where there is one. */
  readonly entries: readonly Entry[];
  /** The `turn-sealed` among the entries, where there is one: it is stored, and not yet shown. */
  readonly seal: Entry | undefined;
}

export interface RecorderDesk {
  readonly conversations: Conversations;
  /** The namespace of the extension; it holds the partial rows. */
  readonly storage: Storage;
  readonly snapshots: Snapshots;
  /** Undefined where nobody keeps runs. */
  readonly runs: Runs | undefined;
  readonly prices: ModelPrices;
  readonly failpoint: FailpointsPower;
}

/** Whose a turn is, and what else its admission changes. */
export interface AdmissionTerms {
  readonly owner: string;
  readonly parentId: string | null;
  /** What its run is about. */
  readonly title: string | null;
  readonly joined: readonly PreparedChanges[];
}

export class Recorder {
  readonly #desk: RecorderDesk;

  constructor(desk: RecorderDesk) {
    this.#desk = desk;
  }

  /** Stores the events that begin a turn. */
  async admit(
    turn: RunningTurn,
    live: LiveConversation,
    events: readonly DurableEvent[],
    terms: AdmissionTerms,
  ): Promise<readonly Entry[]> {
    const { conversations, snapshots, runs, failpoint } = this.#desk;
    const { conversationId, turnId, runId } = turn;
    const { owner, title, parentId } = terms;
    const snapshot = advance(turn.snapshot, events);
    const agent = snapshot.turn?.agent ?? null;
    const joined = [snapshots.prepare(snapshot, events), ...terms.joined];
    if (runs !== undefined) {
      const firstSeq = turn.snapshot.seq + 1;
      const limits = snapshot.turn?.budget?.limits;
      const bounds = limits === undefined ? {} : { budget: limits };
      const about = { agent, conversationId, turnId, firstSeq, ...bounds };
      joined.push(runs.begin({ id: runId, kind: "turn", owner, title, parentId, ...about }));
    }
    failpoint("before-admission-is-stored");
    const entries = await conversations.append(conversationId, events, { state: "in_progress", joined });
    failpoint("admission-is-stored");
    turn.snapshot = snapshot;
    live.publishEntries(entries);
    return entries;
  }

  /**
   * Stores events of a running turn in one commit, `withFlight` what the step behind them has said as well. With its
   * `done` the turn is sealed in the same commit.
   */
  async record(turn: RunningTurn, events: readonly DurableEvent[], withFlight = false): Promise<Recorded> {
    const { conversations, failpoint } = this.#desk;
    const last = events.at(-1);
    for (const event of events)
      if (event.type === "step-complete") turn.lastText = textOf(event.message) ?? turn.lastText;
    if (last?.type === "done") return this.#seal(turn, events, last);
    const snapshot = inFlightOf(advanceWithSpending(turn, events), turn.inFlight);
    const joined = this.#joinedTo(turn, snapshot, events);
    const row = withFlight ? turn.inFlight.take() : undefined;
    if (row !== undefined) joined.push(this.#desk.storage.prepare({ puts: [putOf(row)] }));
    failpoint("before-step-is-stored");
    const entries = await conversations.append(turn.conversationId, events, { joined });
    failpoint("step-is-stored");
    turn.snapshot = snapshot;
    this.#showSpending(snapshot);
    return { entries, seal: undefined };
  }

  /** Stores an event of a conversation in which no turn is in progress. */
  async note(conversationId: string, event: DurableEvent): Promise<readonly Entry[]> {
    const { conversations, snapshots } = this.#desk;
    const snapshot = (await snapshots.get(conversationId)) ?? (await this.#untouched(conversationId));
    const joined = [snapshots.prepare(advance(snapshot, [event]), [event])];
    return conversations.append(conversationId, [event], { joined });
  }

  /** Of a fork that has not gone on yet there is no snapshot. */
  async #untouched(conversationId: string): Promise<Snapshot> {
    const seq = (await this.#desk.conversations.get(conversationId))?.lastSeq ?? 0;
    return { conversationId, state: "idle", seq, turn: null, pending: null };
  }

  /** Stores what the step in flight has said so far, and where it stands. Where it rejects, nothing is lost. */
  async hold(turn: RunningTurn): Promise<void> {
    const { storage, snapshots, failpoint } = this.#desk;
    const row = turn.inFlight.take();
    const snapshot = inFlightOf(turn.snapshot, turn.inFlight);
    const puts = row === undefined ? [] : [putOf(row)];
    try {
      failpoint("before-step-in-flight-is-stored");
      await storage.commit({ puts }, snapshots.prepare(snapshot, []));
      failpoint("step-in-flight-is-stored");
      turn.snapshot = snapshot;
    } catch (failure) {
      turn.inFlight.giveBack(row);
      throw failure;
    }
  }

  async #seal(turn: RunningTurn, events: readonly DurableEvent[], done: TurnDone): Promise<Recorded> {
    const { conversations, runs, failpoint } = this.#desk;
    const { conversationId, turnId, runId } = turn;
    const sealed: TurnSealed = { type: "turn-sealed", conversationId, turnId };
    const all = [...events, sealed];
    const snapshot = advanceWithSpending(turn, events, all);
    const joined = this.#joinedTo(turn, snapshot, events);
    const budget = snapshot.turn?.budget;
    const spent = budget === undefined ? {} : { budget };
    const ending = { ...runEndingOf(done, turn.lastText), ...spent, lastSeq: snapshot.seq };
    const ended = await runs?.end(runId, ending);
    if (ended !== undefined) joined.push(ended);
    failpoint("before-end-is-stored");
    const entries = await conversations.append(conversationId, all, { state: "idle", joined });
    failpoint("end-is-stored");
    turn.snapshot = snapshot;
    return { entries, seal: entries.at(-1) };
  }

  #showSpending({ turn }: Snapshot): void {
    if (turn?.budget !== undefined) this.#desk.runs?.noteSpending(turn.runId, turn.budget);
  }

  #joinedTo(turn: RunningTurn, snapshot: Snapshot, events: readonly DurableEvent[]): PreparedChanges[] {
    const { snapshots, storage } = this.#desk;
    const joined = [snapshots.prepare(snapshot, events)];
    const deletes: Key[] = [];
    for (const event of events)
      if (event.type === "step-complete") deletes.push(...turn.inFlight.rowsOf(event.stepId));
    if (events.at(-1)?.type === "done") deletes.push(...turn.inFlight.allRows());
    if (deletes.length > 0) joined.push(storage.prepare({ deletes }));
    return joined;
  }

  /**
   * The turns that the store says are running, whether or not anybody runs them. What each has used of its budget is shown
   * from now on, however long it waits to go on.
   */
  async runningTurns(): Promise<readonly RunningTurn[]> {
    const unfinished = await this.#desk.snapshots.unfinished();
    for (const snapshot of unfinished) this.#showSpending(snapshot);
    return unfinished.map((snapshot) => this.#turnOf(snapshot));
  }

  async runningTurn(conversationId: string): Promise<RunningTurn | undefined> {
    const snapshot = await this.#desk.snapshots.get(conversationId);
    return snapshot !== undefined && isUnfinished(snapshot) ? this.#turnOf(snapshot) : undefined;
  }

  #turnOf(snapshot: Snapshot): RunningTurn {
    const { conversationId, turn, pending } = snapshot;
    const inFlight = new InFlight(conversationId);
    // What was in flight is so until its step is complete, also where it is stored again before that.
    inFlight.pending = pending;
    inFlight.retry = turn?.retry ?? null;
    const { turnId = "", runId = "", budget } = turn ?? {};
    const spending = budget && new TurnSpending(budget, pending, this.#desk.prices);
    return { conversationId, turnId, runId, snapshot, inFlight, spending, lastText: null };
  }

  /**
   * What an earlier daemon stored of the step in flight of a turn, in order. From now on the turn knows its rows, and
   * removes them with the next step that it completes.
   */
  async takeOver(turn: RunningTurn): Promise<readonly TransientEvent[]> {
    const rows = await readPartialRows(this.#desk.storage, turn.conversationId);
    const stepId = `${turn.turnId}#${turn.snapshot.turn?.stepCount ?? 0}`;
    turn.inFlight.adopt(rows);
    return rows.filter((row) => row.stepId === stepId).flatMap(({ events }) => events);
  }

  /** Notes that a turn is continued, and drops what was in flight: the step is told again from its beginning. */
  async resume(turn: RunningTurn): Promise<void> {
    const { storage, snapshots, failpoint } = this.#desk;
    const { snapshot } = turn;
    if (snapshot.turn === null) return;
    const counted = { ...snapshot.turn, resumeCount: snapshot.turn.resumeCount + 1 };
    const continued = { ...snapshot, turn: counted };
    await storage.commit({ deletes: turn.inFlight.allRows() }, snapshots.prepare(continued, []));
    failpoint("turn-is-continued");
    turn.snapshot = continued;
  }

  /** Forgets a running turn whose conversation is gone; its run ends. */
  async forget({ conversationId, runId, spending }: RunningTurn): Promise<void> {
    const { runs, snapshots, storage } = this.#desk;
    const message = "The conversation was deleted while its turn was running.";
    const error = { code: "unknown-conversation", message };
    const spent = spending === undefined ? {} : { budget: spending.spent };
    const ending: RunEnding = { status: "interrupted", usage: null, result: null, error, ...spent };
    const ended = await runs?.end(runId, ending);
    const rows = await readPartialRows(this.#desk.storage, conversationId);
    const deletes = rows.map(({ key }) => key);
    await storage.commit({ deletes }, ...(ended === undefined ? [] : [ended]));
    await snapshots.forget(conversationId);
  }

  /** Removes what is left of steps in flight of a conversation that is gone. */
  async erasePartials(conversationId: string): Promise<void> {
    const deletes = (await readPartialRows(this.#desk.storage, conversationId)).map(({ key }) => key);
    if (deletes.length > 0) await this.#desk.storage.commit({ deletes });
  }
}

/** `all` of the events are what the snapshot counts; those that the turn has said tell what was used by then. */
function advanceWithSpending(
  { snapshot, spending }: RunningTurn,
  said: readonly DurableEvent[],
  all: readonly DurableEvent[] = said,
): Snapshot {
  const advanced = advance(snapshot, all);
  if (spending === undefined || advanced.turn === null) return advanced;
  return { ...advanced, turn: { ...advanced.turn, budget: spending.spentBy(said) } };
}

function inFlightOf(snapshot: Snapshot, { pending, retry }: InFlight): Snapshot {
  const { turn } = snapshot;
  if (turn === null || (turn.retry === retry && snapshot.pending === pending)) return snapshot;
  return { ...snapshot, pending, turn: { ...turn, retry } };
}
