// Turns that the store says are running and that nobody runs: the daemon that ran them is gone, or the store refused
// their events. Each goes on, or is ended: as stopped where somebody has asked for that, and else as `interrupted`.
//
// Invariants
//   L1  A turn that can go on has its place from before any input is admitted until it goes on or was ended.
//   L2  A turn that brings each daemon down goes on a bounded number of times.
//   L3  A turn that was asked to stop does not go on.
//   L4  One that cannot be ended now is ended before the next message of its conversation.
import { type Conversation, UnknownConversationError } from "@lathe/kernel";
import { execBackendOf, modelsOf, modelsWithin } from "./choices.ts";
import type { PreparedTurn } from "./drive-turn.ts";
import { sealInterrupted } from "./interrupted.ts";
import type { LiveConversations } from "./live-conversations.ts";
import type { Place, Places } from "./places.ts";
import type { RunningTurn } from "./recorder.ts";
import type { TurnServiceParts } from "./turn-service-parts.ts";

export interface LeftoversDesk {
  readonly parts: TurnServiceParts;
  readonly places: Places;
  readonly live: LiveConversations;
  /** Runs a turn at its place; settles when it is over, and never rejects. */
  drive(prepared: PreparedTurn, place: Place): Promise<void>;
}

/** What there was to recover. */
export interface Recovered {
  /** Turns that go on as soon as `continueAll` is called. */
  readonly continuedCount: number;
  /** Turns that were ended. */
  readonly sealedCount: number;
}

interface Waiting {
  readonly turn: RunningTurn;
  readonly place: Place;
  /** Called when the turn goes on, or was ended. */
  readonly begun: () => void;
}

/** So often a turn may go on without completing a step in between. */
const resumeCountMax = 3;

export class Leftovers {
  readonly #desk: LeftoversDesk;
  #waiting: readonly Waiting[] = [];

  constructor(desk: LeftoversDesk) {
    this.#desk = desk;
  }

  /** Takes the places of turns that can go on, and ends the others. */
  async recover(): Promise<Recovered> {
    const { parts, places } = this.#desk;
    const waiting: Waiting[] = [];
    let sealedCount = 0;
    for (const turn of await parts.recorder.runningTurns()) {
      parts.failpoint("leftover-is-found");
      const begun = Promise.withResolvers<void>();
      const mayContinue = this.#mayContinue(turn) && !(await parts.stopRequests.has(turn.runId));
      const place = mayContinue ? places.take(turn.conversationId, begun.promise, turn.runId) : undefined;
      if (place !== undefined) waiting.push({ turn, place, begun: begun.resolve });
      else if (await this.#end(turn)) sealedCount++;
    }
    this.#waiting = waiting;
    return { continuedCount: waiting.length, sealedCount };
  }

  /** Lets the turns go on. Settles when each goes on or has been ended. */
  async continueAll(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    for (const { turn, place, begun } of all) {
      try {
        if (await this.#desk.parts.stopRequests.has(turn.runId)) await this.#endAt(place, turn);
        else place.sealed = this.#desk.drive(await this.#prepare(turn, place.stopping.signal), place);
      } catch (failure) {
        this.#log("A turn of an earlier daemon could not go on.", turn, failure);
        await this.#endAt(place, turn, failure);
      } finally {
        begun();
      }
    }
  }

  /** Lets go of the turns that wait to go on: they are the next daemon's. */
  leave(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (const { place, begun } of all) {
      this.#desk.places.leave(place);
      begun();
    }
  }

  /** A turn that was given up does not run, and yet keeps its conversation busy until it is ended. */
  async stop(conversationId: string, turnId: string | undefined): Promise<boolean> {
    const { parts, places } = this.#desk;
    const conversation = await parts.conversations.get(conversationId);
    if (conversation === undefined) throw new UnknownConversationError(conversationId);
    if (conversation.state === "idle") return false;
    const ended = Promise.withResolvers<void>();
    const place = places.take(conversationId, ended.promise);
    // Who has taken the place meanwhile ends what was left.
    if (place === undefined) return false;
    try {
      const turn = await parts.recorder.runningTurn(conversationId);
      if (turn === undefined || (turnId !== undefined && turn.turnId !== turnId)) return false;
      await parts.stopRequests.note(turn.runId);
      await this.#seal(turn, () => places.leave(place));
      return true;
    } finally {
      places.leave(place);
      ended.resolve();
    }
  }

  /** Ends what is left in a conversation whose place is the caller's. */
  async heal(conversation: Conversation): Promise<Conversation> {
    const { parts } = this.#desk;
    const turn = await parts.recorder.runningTurn(conversation.id);
    if (turn !== undefined) await this.#seal(turn);
    return (await parts.conversations.get(conversation.id)) ?? conversation;
  }

  /** An agent that the configuration does not define is looked for when the turn goes on: a file may define it. */
  #mayContinue({ snapshot }: RunningTurn): boolean {
    if (snapshot.turn === null) return false;
    const { agent, resumeCount } = snapshot.turn;
    const resume = this.#desk.parts.config.agents.get(agent)?.resume ?? "auto";
    return resume === "auto" && resumeCount < resumeCountMax;
  }

  async #prepare(turn: RunningTurn, signal: AbortSignal): Promise<PreparedTurn> {
    const { parts, live } = this.#desk;
    const { conversations, recorder, transcripts } = parts;
    const { conversationId, snapshot } = turn;
    const conversation = await conversations.get(conversationId);
    if (conversation === undefined) throw new UnknownConversationError(conversationId);
    const { turn: stored } = snapshot;
    if (stored === null) throw new Error("A snapshot of a running turn names no turn.");
    const agent = await parts.agents.find({ ...conversation, agent: stored.agent });
    const wishes = { message: stored.model, conversation: conversation.model };
    const models = modelsWithin(stored.budget?.limits, modelsOf(wishes, agent, parts), parts.prices);
    const transcript = await transcripts.open(conversationId, conversation.lastSeq);
    await recorder.takeOver(turn);
    parts.failpoint("before-turn-is-continued");
    await recorder.resume(turn);
    return {
      turn,
      conversation,
      agent,
      models,
      exec: execBackendOf(parts),
      transcript,
      live: live.of(conversationId),
      signal,
      resume: { ...stored, pending: snapshot.pending },
    };
  }

  async #endAt(place: Place, turn: RunningTurn, cause?: unknown): Promise<void> {
    await this.#end(turn, () => this.#desk.places.leave(place), cause);
    this.#desk.places.leave(place);
  }

  async #end(turn: RunningTurn, onSealed?: () => void, cause?: unknown): Promise<boolean> {
    try {
      await this.#seal(turn, onSealed, cause);
      return true;
    } catch (failure) {
      this.#log("A turn of an earlier daemon could not be sealed yet.", turn, failure);
      return false;
    }
  }

  /**
   * @param onSealed called before the seal is shown
   * @param cause why it could not go on, where it was to
   */
  async #seal(turn: RunningTurn, onSealed: () => void = () => {}, cause?: unknown): Promise<void> {
    const { parts, live } = this.#desk;
    const watched = live.of(turn.conversationId);
    try {
      const nowMs = parts.clock.nowMs();
      const finishReason = (await parts.stopRequests.has(turn.runId)) ? "aborted" : "interrupted";
      const seal = await sealInterrupted(turn, watched, parts.recorder, { nowMs, finishReason, cause });
      parts.failpoint("leftover-is-ended");
      parts.transcripts.forget(turn.conversationId);
      onSealed();
      if (seal !== undefined) watched.publishEntries([seal]);
    } finally {
      live.closeUnused(turn.conversationId);
    }
  }

  #log(message: string, { conversationId, turnId }: RunningTurn, failure: unknown): void {
    const reason = failure instanceof Error ? failure.message : String(failure);
    this.#desk.parts.logger.log("error", message, { conversationId, turnId, reason });
  }
}
