// Admits input to conversations and drives their turns.
//
// Owns: which conversations have a turn in progress, and how to stop each.
//
// Invariants
//   A1  A conversation has at most one turn in progress; the place is taken before the first await.
//   A2  A message is acknowledged after it is stored, and then its turn runs to its end, whoever goes away.
//   A3  However a turn ends, its conversation takes the next message: what could not be sealed is sealed before it.
//   A4  A turn of an earlier daemon keeps its place from before any input is admitted until it has gone on, or was sealed.
import {
  type Admission,
  type Conversation,
  type Entry,
  type SendOptions,
  type Subscriber,
  type TurnInput,
  TurnRefusedError,
  type Turns,
  UnknownConversationError,
  type UserMessage,
} from "@lathe/kernel";
import type { AgentDefinition } from "./agent-definitions.ts";
import { driveTurn, type PreparedTurn } from "./drive-turn.ts";
import { InFlight } from "./in-flight.ts";
import { sealInterrupted } from "./interrupted.ts";
import { LiveConversation, type StoredLog } from "./live-conversation.ts";
import { chooseModels, modelNameOf } from "./models.ts";
import { noExecBackend } from "./no-exec-backend.ts";
import { beginTurn } from "./progress.ts";
import type { RunningTurn } from "./recorder.ts";
import type { TurnServiceParts } from "./turn-service-parts.ts";

interface TurnInProgress {
  readonly stopping: AbortController;
  /** Settles when the turn has sealed, or was given up. Never rejects. */
  sealed: Promise<void>;
}

export class TurnService implements Turns {
  readonly #parts: TurnServiceParts;
  readonly #inProgress = new Map<string, TurnInProgress>();
  readonly #live = new Map<string, LiveConversation>();
  /** Turns of an earlier daemon that go on as soon as everything that they need is there. */
  #toContinue: readonly RunningTurn[] = [];
  #draining = false;

  constructor(parts: TurnServiceParts) {
    this.#parts = parts;
  }

  async send(conversationId: string, input: TurnInput, options: SendOptions = {}): Promise<Admission> {
    if (this.#draining)
      throw new TurnRefusedError("draining", "The daemon is shutting down; send the message again.");
    if (this.#inProgress.has(conversationId)) throw turnInProgress();
    const admitted = Promise.withResolvers<void>();
    const turn = placeOf(admitted.promise);
    this.#inProgress.set(conversationId, turn);
    try {
      const { prepared, admission } = await this.#admit(conversationId, input, options, turn.stopping.signal);
      turn.sealed = this.#drive(prepared);
      return admission;
    } catch (failure) {
      this.#inProgress.delete(conversationId);
      this.#closeLive(conversationId);
      throw failure;
    } finally {
      admitted.resolve();
    }
  }

  async stop(conversationId: string): Promise<boolean> {
    const turn = this.#inProgress.get(conversationId);
    if (turn === undefined) return this.#stopLeftover(conversationId);
    turn.stopping.abort();
    await settled(turn);
    return true;
  }

  subscribe(conversationId: string, sinceSeq: number, subscriber: Subscriber): () => void {
    return this.#liveOf(conversationId).subscribe(sinceSeq, subscriber);
  }

  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    const over = new AbortController();
    const ended = Promise.all([...this.#inProgress.values()].map(settled)).then(() => over.abort());
    await this.#parts.timers.sleep(graceMs, over.signal);
    for (const turn of this.#inProgress.values()) turn.stopping.abort();
    await ended;
  }

  /**
   * Looks at what the daemon before this one left behind: takes the places of turns that can go on, and ends the others.
   * Called before any input is admitted. One that cannot be ended now is ended before the next message of its
   * conversation.
   */
  async recover(): Promise<Recovered> {
    const toContinue: RunningTurn[] = [];
    let sealedCount = 0;
    for (const turn of await this.#parts.recorder.runningTurns()) {
      this.#parts.failpoint("leftover-is-found");
      if (this.#mayContinue(turn)) {
        toContinue.push(turn);
        this.#inProgress.set(turn.conversationId, placeOf(Promise.resolve()));
      } else if (await this.#endLeftover(turn)) sealedCount++;
    }
    this.#toContinue = toContinue;
    return { continuedCount: toContinue.length, sealedCount };
  }

  /** Lets the turns of the daemon before this one go on. Settles when each goes on or has been ended. */
  async continueAll(): Promise<void> {
    const turns = this.#toContinue;
    this.#toContinue = [];
    for (const turn of turns) {
      const place = this.#inProgress.get(turn.conversationId);
      if (place === undefined) continue;
      const begun = Promise.withResolvers<void>();
      place.sealed = begun.promise;
      try {
        place.sealed = this.#drive(await this.#prepareContinuation(turn, place.stopping.signal));
      } catch (failure) {
        this.#logFailure("A turn of an earlier daemon could not go on.", turn, failure);
        await this.#endLeftover(turn, () => this.#leavePlace(turn.conversationId, place));
        this.#leavePlace(turn.conversationId, place);
      } finally {
        begun.resolve();
      }
    }
  }

  /** A turn that brings the daemon down each time it goes on has to end. */
  #mayContinue({ snapshot }: RunningTurn): boolean {
    const agent = this.#parts.config.agents.get(snapshot.turn?.agent ?? "");
    return agent?.resume === "auto" && (snapshot.turn?.resumeCount ?? 0) < resumeCountMax;
  }

  async #prepareContinuation(turn: RunningTurn, signal: AbortSignal): Promise<PreparedTurn> {
    const { conversations, recorder, transcripts } = this.#parts;
    const { conversationId, snapshot } = turn;
    const conversation = await conversations.get(conversationId);
    if (conversation === undefined) throw new UnknownConversationError(conversationId);
    const { turn: stored } = snapshot;
    if (stored === null) throw new Error("A snapshot of a running turn names no turn.");
    const agent = this.#agentOf({ ...conversation, agent: stored.agent });
    const models = this.#modelsOf(conversation, agent, { text: "", model: stored.model });
    const transcript = await transcripts.open(conversationId, conversation.lastSeq);
    await recorder.takeOver(turn);
    await recorder.resume(turn);
    return {
      turn,
      conversation,
      agent,
      models,
      exec: this.#execBackend(),
      transcript,
      live: this.#liveOf(conversationId),
      signal,
      resume: { ...stored, pending: snapshot.pending },
    };
  }

  async #endLeftover(turn: RunningTurn, onSealed?: () => void): Promise<boolean> {
    try {
      await this.#sealLeftover(turn, onSealed);
      return true;
    } catch (failure) {
      this.#logFailure("A turn of an earlier daemon could not be sealed yet.", turn, failure);
      return false;
    }
  }

  #execBackend(): PreparedTurn["exec"] {
    return this.#parts.execBackends.get("local") ?? noExecBackend;
  }

  async #admit(
    conversationId: string,
    input: TurnInput,
    options: SendOptions,
    signal: AbortSignal,
  ): Promise<Admitted> {
    const { conversations, recorder, transcripts, ids, clock, redactor } = this.#parts;
    const found = await conversations.get(conversationId);
    if (found === undefined) throw new UnknownConversationError(conversationId);
    const conversation = found.state === "idle" ? found : await this.#heal(found);
    const agent = this.#agentOf(conversation);
    const models = this.#modelsOf(conversation, agent, input);
    const transcript = await transcripts.open(conversationId, conversation.lastSeq);

    const turnId = ids.newId("trn");
    const runId = options.runId ?? ids.newId("run");
    const model = modelNameOf(models[0]);
    const begun = { turnId, runId, agent: agent.name, model, startedAtMs: clock.nowMs() };
    const turn: RunningTurn = {
      conversationId,
      turnId,
      runId,
      snapshot: beginTurn(conversationId, conversation.lastSeq, begun),
      inFlight: new InFlight(conversationId),
      lastText: null,
    };
    // A provider refuses a request with half a character in it, and the transcript would send it again and again.
    const wellFormed = input.text.toWellFormed();
    const text = redactor?.text(wellFormed) ?? wellFormed;
    const message: UserMessage = { role: "user", content: [{ type: "text", text }] };
    const names = { conversationId, turnId };
    const live = this.#liveOf(conversationId);
    const entries = await recorder.admit(
      turn,
      live,
      [
        { type: "user-message", ...names, content: message.content },
        { type: "turn-start", ...names, runId, agent: agent.name, model },
      ],
      {
        owner: options.owner ?? conversation.owner,
        parentId: options.parentId ?? null,
        joined: options.joined ?? [],
      },
    );
    transcript.append(message);
    transcripts.advance(conversationId, entries);
    const exec = this.#execBackend();
    const resume = undefined;
    const prepared = { turn, conversation, agent, models, exec, transcript, live, signal, resume };
    return { prepared, admission: { runId, turnId, seq: entries[0]?.seq ?? 0 } };
  }

  async #drive(prepared: PreparedTurn): Promise<void> {
    const { conversationId } = prepared.turn;
    let seal: Entry | undefined;
    try {
      seal = await driveTurn(prepared, this.#parts);
    } catch (failure) {
      await this.#giveUp(prepared, failure);
    } finally {
      this.#inProgress.delete(conversationId);
      // Shown when the place is free: whoever hears of it may send the next message at once.
      if (seal !== undefined) prepared.live.publishEntries([seal]);
      this.#closeLive(conversationId);
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
      await recorder.forget(turn.conversationId);
    } catch (refusal) {
      this.#logFailure("A turn of a deleted conversation is forgotten at the next start.", turn, refusal);
    }
  }

  #logFailure(message: string, { conversationId, turnId }: RunningTurn, failure: unknown): void {
    const reason = failure instanceof Error ? failure.message : String(failure);
    this.#parts.logger.log("error", message, { conversationId, turnId, reason });
  }

  /** A turn that was given up does not run, and yet keeps its conversation busy until it is sealed. */
  async #stopLeftover(conversationId: string): Promise<boolean> {
    const { conversations, recorder } = this.#parts;
    const conversation = await conversations.get(conversationId);
    if (conversation === undefined) throw new UnknownConversationError(conversationId);
    // Who has taken the place meanwhile seals what was left.
    if (conversation.state === "idle" || this.#inProgress.has(conversationId)) return false;
    const ended = Promise.withResolvers<void>();
    const place = placeOf(ended.promise);
    this.#inProgress.set(conversationId, place);
    const leave = () => this.#leavePlace(conversationId, place);
    try {
      const turn = await recorder.runningTurn(conversationId);
      if (turn !== undefined) await this.#sealLeftover(turn, leave);
      return turn !== undefined;
    } finally {
      leave();
      ended.resolve();
    }
  }

  /** Who hears that the place is free may have taken it already. */
  #leavePlace(conversationId: string, place: TurnInProgress): void {
    if (this.#inProgress.get(conversationId) === place) this.#inProgress.delete(conversationId);
  }

  async #heal(conversation: Conversation): Promise<Conversation> {
    const turn = await this.#parts.recorder.runningTurn(conversation.id);
    if (turn !== undefined) await this.#sealLeftover(turn);
    return (await this.#parts.conversations.get(conversation.id)) ?? conversation;
  }

  /** @param onSealed called before the seal is shown */
  async #sealLeftover(turn: RunningTurn, onSealed: () => void = () => {}): Promise<void> {
    const { recorder, clock } = this.#parts;
    const live = this.#liveOf(turn.conversationId);
    try {
      const seal = await sealInterrupted(turn, live, recorder, clock.nowMs());
      onSealed();
      if (seal !== undefined) live.publishEntries([seal]);
    } finally {
      this.#closeLive(turn.conversationId);
    }
  }

  #liveOf(conversationId: string): LiveConversation {
    const known = this.#live.get(conversationId);
    if (known !== undefined) return known;
    const { conversations, snapshots } = this.#parts;
    const log: StoredLog = {
      conversationId,
      snapshot: () => snapshots.get(conversationId),
      lastSeq: async () => (await conversations.get(conversationId))?.lastSeq,
      entries: (sinceSeq, limit) => conversations.entries(conversationId, { sinceSeq, limit }),
    };
    const live = new LiveConversation(log, () => this.#closeLive(conversationId));
    this.#live.set(conversationId, live);
    return live;
  }

  /** A conversation that nobody watches and that nothing happens in needs no memory. */
  #closeLive(conversationId: string): void {
    const live = this.#live.get(conversationId);
    if (live !== undefined && !live.watched && !this.#inProgress.has(conversationId)) {
      this.#live.delete(conversationId);
    }
  }

  #agentOf(conversation: Conversation): AgentDefinition {
    const agent = this.#parts.config.agents.get(conversation.agent);
    if (agent !== undefined) return agent;
    const names = [...this.#parts.config.agents.keys()].join(", ");
    throw new TurnRefusedError(
      "unknown-agent",
      `There is no agent named ${JSON.stringify(conversation.agent)}. Configured agents: ${names}.`,
    );
  }

  #modelsOf(conversation: Conversation, agent: AgentDefinition, input: TurnInput): PreparedTurn["models"] {
    const wishes = { message: input.model, conversation: conversation.model };
    return chooseModels(wishes, agent, this.#parts.config, this.#parts.providers);
  }
}

/** What there was to recover. */
export interface Recovered {
  /** Turns that go on as soon as `continueAll` is called. */
  readonly continuedCount: number;
  /** Turns that were ended as `interrupted`. */
  readonly sealedCount: number;
}

/** So often a turn may go on without completing a step in between. */
const resumeCountMax = 3;

function placeOf(sealed: Promise<void>): TurnInProgress {
  return { stopping: new AbortController(), sealed };
}

interface Admitted {
  readonly prepared: PreparedTurn;
  readonly admission: Admission;
}

/** The promise is exchanged when the admitted turn begins to run: wait until the last one has settled. */
async function settled(turn: TurnInProgress): Promise<void> {
  for (let seen: Promise<void> | undefined; seen !== turn.sealed; ) {
    seen = turn.sealed;
    await seen;
  }
}

function turnInProgress(): TurnRefusedError {
  return new TurnRefusedError(
    "turn-in-progress",
    "A turn is running in this conversation. Wait for its turn-sealed event, or stop it first.",
  );
}
