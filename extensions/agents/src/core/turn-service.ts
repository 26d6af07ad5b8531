// Admits input to conversations and drives their turns.
//
// Invariants
//   A1  A conversation has at most one turn in progress; the place is taken before the first await.
//   A2  A message is acknowledged after it is stored, and then its turn runs to its end, whoever goes away.
//   A3  Whoever has asked a turn to stop is answered when it has sealed, and when the request is durable besides: should
//       the seal not be, the next daemon ends the turn.
//   A4  However a turn ends, its conversation takes the next message: what could not be sealed is sealed before it.
import { titleOf } from "@lathe/extension-kit";
import {
  type Admission,
  type Conversation,
  type ConversationRestored,
  type Entry,
  ForkPositionError,
  type SendOptions,
  type Subscriber,
  type TurnInput,
  TurnRefusedError,
  type Turns,
  UnknownConversationError,
  type UserMessage,
} from "@lathe/kernel";
import { execBackendOf, modelsOf, modelsWithin } from "./choices.ts";
import { driveTurn, type PreparedTurn } from "./drive-turn.ts";
import { InFlight } from "./in-flight.ts";
import { Leftovers, type Recovered } from "./leftovers.ts";
import { LiveConversations } from "./live-conversations.ts";
import { modelNameOf } from "./models.ts";
import { type Place, Places, settled } from "./places.ts";
import { beginTurn } from "./progress.ts";
import type { RunningTurn } from "./recorder.ts";
import type { TurnServiceParts } from "./turn-service-parts.ts";
import { beginSpending } from "./turn-spending.ts";

export class TurnService implements Turns {
  readonly #parts: TurnServiceParts;
  readonly #places = new Places();
  readonly #live: LiveConversations;
  readonly #leftovers: Leftovers;
  #draining = false;

  constructor(parts: TurnServiceParts) {
    const { conversations, snapshots } = parts;
    const places = this.#places;
    this.#parts = parts;
    this.#live = new LiveConversations({ conversations, snapshots, places });
    const drive = (prepared: PreparedTurn, place: Place) => this.#drive(prepared, place);
    this.#leftovers = new Leftovers({ parts, places, live: this.#live, drive });
  }

  send(conversationId: string, input: TurnInput, options: SendOptions = {}): Promise<Admission> {
    return this.#atPlace(conversationId, async (place) => {
      const { prepared, admission } = await this.#admit(conversationId, input, options, place);
      place.runId = admission.runId;
      place.sealed = this.#drive(prepared, place);
      return { answer: admission, isOver: false };
    });
  }

  restore(conversationId: string, turnId: string): Promise<Entry<ConversationRestored>> {
    return this.#atPlace(conversationId, async (place) => {
      const { conversations, transcripts } = this.#parts;
      await this.#idle(conversationId);
      const toSeq = await conversations.turnEnd(conversationId, turnId);
      if (toSeq === undefined) throw notOver();
      const event: ConversationRestored = { type: "restored", conversationId, turnId, toSeq };
      const entries = await this.#parts.recorder.note(conversationId, event);
      transcripts.forget(conversationId);
      this.#places.leave(place);
      this.#live.of(conversationId).publishEntries(entries);
      this.#live.closeUnused(conversationId);
      return { answer: entries[0] as Entry<ConversationRestored>, isOver: true };
    });
  }

  async stop(conversationId: string, turnId?: string): Promise<boolean> {
    const place = this.#places.get(conversationId);
    if (place === undefined) return this.#leftovers.stop(conversationId, turnId);
    if (turnId !== undefined && !(await this.#isAt(place, turnId))) return false;
    await this.#stopAt(place);
    return true;
  }

  /** The turn is aborted at once, also where the request cannot be stored. */
  async #stopAt(place: Place): Promise<void> {
    const { stopRequests, failpoint } = this.#parts;
    const wasStored = place.runId !== undefined;
    const noted = place.runId === undefined ? undefined : stopRequests.note(place.runId);
    place.stopping.abort();
    failpoint("turn-is-being-stopped");
    await Promise.all([noted, settled(place)]);
    // It was stored meanwhile, or never will be.
    if (!wasStored && place.runId !== undefined) await stopRequests.note(place.runId);
  }

  subscribe(conversationId: string, sinceSeq: number, subscriber: Subscriber): () => void {
    return this.#live.of(conversationId).subscribe(sinceSeq, subscriber);
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    this.#parts.failpoint("drain-has-begun");
    // Nobody lets them go on any more, so that nobody may wait for them.
    this.#leftovers.leave();
    const over = new AbortController();
    const ended = Promise.all(this.#places.all().map(settled)).then(() => over.abort());
    await this.#parts.timers.sleep(graceMs, over.signal);
    for (const place of this.#places.all()) place.stopping.abort();
    await ended;
  }

  /** The conversation is deleted: its turn ends, whoever watches it is told, and nothing of it is kept. */
  async forget(conversationId: string): Promise<void> {
    // Not waited for: what it still stores of its step in flight goes when it finds that there is no conversation.
    this.#places.get(conversationId)?.stopping.abort();
    this.#parts.transcripts.forget(conversationId);
    this.#live.end(conversationId);
    await this.#parts.recorder.erasePartials(conversationId);
  }

  /** As `Leftovers.recover`; called before any input is admitted. */
  recover(): Promise<Recovered> {
    return this.#leftovers.recover();
  }

  /** As `Leftovers.continueAll`; called when everything that turns need is there. */
  continueAll(): Promise<void> {
    return this.#leftovers.continueAll();
  }

  /** Takes the place of a conversation, and leaves it where the work fails or is over. */
  async #atPlace<Answer>(
    conversationId: string,
    work: (place: Place) => Promise<{ readonly answer: Answer; readonly isOver: boolean }>,
  ): Promise<Answer> {
    if (this.#draining)
      throw new TurnRefusedError("draining", "The daemon is shutting down; send the message again.");
    const begun = Promise.withResolvers<void>();
    const place = this.#places.take(conversationId, begun.promise);
    if (place === undefined) throw turnInProgress();
    try {
      const { answer, isOver } = await work(place);
      if (isOver) this.#places.leave(place);
      return answer;
    } catch (failure) {
      this.#places.leave(place);
      this.#live.closeUnused(conversationId);
      throw failure;
    } finally {
      begun.resolve();
    }
  }

  /** The conversation with nothing left running in it. */
  async #idle(conversationId: string): Promise<Conversation> {
    const found = await this.#parts.conversations.get(conversationId);
    if (found === undefined) throw new UnknownConversationError(conversationId);
    return found.state === "idle" ? found : this.#leftovers.heal(found);
  }

  async #isAt(place: Place, turnId: string): Promise<boolean> {
    const running = await this.#parts.recorder.runningTurn(place.conversationId);
    return running?.turnId === turnId && this.#places.get(place.conversationId) === place;
  }

  async #admit(
    conversationId: string,
    input: TurnInput,
    options: SendOptions,
    { stopping }: Place,
  ): Promise<{ readonly prepared: PreparedTurn; readonly admission: Admission }> {
    const { agents, recorder, transcripts, redactor, prices } = this.#parts;
    const conversation = await this.#idle(conversationId);
    const agent = await agents.find(conversation);
    const wishes = { message: input.model, conversation: conversation.model };
    const models = modelsWithin(options.budget, modelsOf(wishes, agent, this.#parts), prices);
    const transcript = await transcripts.open(conversationId, conversation.lastSeq);

    const turn = this.#begin(conversation, agent.name, modelNameOf(models[0]), options);
    // A provider refuses a request with half a character in it, and the transcript would send it again and again.
    const wellFormed = input.text.toWellFormed();
    const text = redactor?.text(wellFormed) ?? wellFormed;
    const message: UserMessage = { role: "user", content: [{ type: "text", text }] };
    const { turnId, runId } = turn;
    const names = { conversationId, turnId };
    const live = this.#live.of(conversationId);
    const entries = await recorder.admit(
      turn,
      live,
      [
        { type: "user-message", ...names, content: message.content },
        { type: "turn-start", ...names, runId, agent: agent.name, model: modelNameOf(models[0]) },
      ],
      {
        owner: options.owner ?? conversation.owner,
        parentId: options.parentId ?? null,
        title: options.title ?? titleOf(message.content),
        joined: options.joined ?? [],
      },
    );
    transcript.append(message);
    transcripts.advance(conversationId, entries);
    const exec = execBackendOf(this.#parts);
    const { signal } = stopping;
    const prepared = { turn, conversation, agent, models, exec, transcript, live, signal, resume: undefined };
    return { prepared, admission: { runId, turnId, seq: entries[0]?.seq ?? 0 } };
  }

  #begin(
    { id, lastSeq }: Conversation,
    agent: string,
    model: string,
    { runId: wished, budget }: SendOptions,
  ): RunningTurn {
    const { ids, clock, prices } = this.#parts;
    const spending = budget && beginSpending(budget, prices);
    const turnId = ids.newId("trn");
    const runId = wished ?? ids.newId("run");
    const begun = { turnId, runId, agent, model, startedAtMs: clock.nowMs() };
    const bounds = spending === undefined ? {} : { budget: spending.spent };
    const snapshot = beginTurn(id, lastSeq, { ...begun, ...bounds });
    const inFlight = new InFlight(id);
    return { conversationId: id, turnId, runId, snapshot, inFlight, spending, lastText: null };
  }

  async #drive(prepared: PreparedTurn, place: Place): Promise<void> {
    let seal: Entry | undefined;
    try {
      seal = await driveTurn(prepared, this.#parts);
    } catch (failure) {
      await this.#giveUp(prepared, failure);
    } finally {
      this.#places.leave(place);
      // Shown when the place is free: whoever hears of it may send the next message at once.
      if (seal !== undefined) prepared.live.publishEntries([seal]);
      this.#live.closeUnused(place.conversationId);
    }
  }

  /** The store refused the turn's events. What was stored stays; the next message seals the turn first. */
  async #giveUp({ turn, live }: PreparedTurn, failure: unknown): Promise<void> {
    const { recorder, transcripts } = this.#parts;
    const deleted = failure instanceof UnknownConversationError;
    transcripts.forget(turn.conversationId);
    live.dropStep();
    live.end(deleted ? "deleted" : "failed");
    this.#logFailure("A turn could not be recorded and was given up.", turn, failure);
    if (!deleted) return;
    try {
      await recorder.forget(turn);
    } catch (refusal) {
      this.#logFailure("A turn of a deleted conversation is forgotten at the next start.", turn, refusal);
    }
  }

  #logFailure(message: string, { conversationId, turnId }: RunningTurn, failure: unknown): void {
    const reason = failure instanceof Error ? failure.message : String(failure);
    this.#parts.logger.log("error", message, { conversationId, turnId, reason });
  }
}

function notOver(): ForkPositionError {
  return new ForkPositionError(
    "The conversation has no turn of this id that is over. Its timeline lists those that there are.",
  );
}

function turnInProgress(): TurnRefusedError {
  return new TurnRefusedError(
    "turn-in-progress",
    "A turn is running in this conversation. Wait for its turn-sealed event, or stop it first.",
  );
}
