// The run kind `turn`: each run is one turn of a conversation, and its log is that turn's part of the conversation's.
//
// Invariants
//   K1  Nothing of another turn is shown, whatever happens in the conversation before and after.
//   K2  A conversation that was begun for a run which could not be started is taken back.
import {
  type Conversation,
  type Conversations,
  type Entry,
  type Run,
  RunInputError,
  type RunKind,
  type RunRequest,
  type RunStartOptions,
  type RunSubscriber,
  TurnRefusedError,
  type Turns,
  UnknownConversationError,
} from "@lathe/kernel";
import { forbiddenAs, ProblemError } from "@lathe/wire";
import { readTurnBudget, readTurnInput } from "./turn-run-input.ts";

export interface TurnRunsDesk {
  readonly turns: Pick<Turns, "send" | "stop" | "subscribe">;
  readonly conversations: Conversations;
  /** The agent of runs that name none. */
  readonly defaultAgent: string;
  /** Absolute path of the folder that conversations of runs work in; null = runs must name a conversation. */
  readonly defaultCwd: string | null;
}

const pageSize = 500;

export class TurnRuns implements RunKind {
  readonly takesBudget = true;
  readonly #desk: TurnRunsDesk;

  constructor(desk: TurnRunsDesk) {
    this.#desk = desk;
  }

  async start(request: RunRequest, { owner, parentId, runId, joined }: RunStartOptions): Promise<void> {
    const input = readTurnInput(request.input);
    const budget = readTurnBudget(request.budget);
    const { conversation, isNew } = await this.#placeOf(request, owner);
    const parent = parentId === null ? {} : { parentId };
    const options = { owner, runId, joined, ...parent, ...(budget === undefined ? {} : { budget }) };
    try {
      await this.#desk.turns.send(conversation.id, input, options);
    } catch (failure) {
      if (isNew) await this.#takeBack(conversation.id);
      throw failure instanceof TurnRefusedError ? refusal(failure) : failure;
    }
  }

  async stop({ conversationId, turnId }: Run): Promise<void> {
    if (conversationId === null || turnId === null) return;
    try {
      await this.#desk.turns.stop(conversationId, turnId);
    } catch (failure) {
      // Its turn went with it.
      if (!(failure instanceof UnknownConversationError)) throw failure;
    }
  }

  subscribe(run: Run, afterSeq: number, subscriber: RunSubscriber): () => void {
    let leave: (() => void) | undefined;
    let isOver = false;
    const end = (reason: Parameters<RunSubscriber["onEnd"]>[0]): void => {
      if (isOver) return;
      isOver = true;
      leave?.();
      subscriber.onEnd(reason);
    };
    const begin = async (): Promise<void> => {
      const start = await this.#startOf(run, afterSeq);
      if (isOver) return;
      if (start.kind === "over") end("over");
      else leave = this.#follow(start, subscriber, end);
    };
    begin().catch((failure) => end(failure instanceof UnknownConversationError ? "deleted" : "failed"));
    return () => {
      isOver = true;
      leave?.();
    };
  }

  async lastSeq(run: Run): Promise<number> {
    if (run.lastSeq !== null) return run.lastSeq;
    const place = await this.#findPlace(run);
    if (place === undefined) return 0;
    const [newest] = await this.#read(place.conversation.id, place.conversation.lastSeq - 1, 1);
    if (newest !== undefined && isOf(newest, place.turnId)) return newest.seq;
    let last = 0;
    for (let after = place.firstSeq - 1; ; after = last) {
      const page = await this.entries(run, { afterSeq: after, limit: pageSize });
      last = page.at(-1)?.seq ?? last;
      if (page.length < pageSize) return last;
    }
  }

  async entries(
    run: Run,
    { afterSeq, limit }: { readonly afterSeq: number; readonly limit: number },
  ): Promise<readonly Entry[]> {
    const place = await this.#findPlace(run);
    if (place === undefined) return [];
    const page = await this.#read(place.conversation.id, Math.max(afterSeq, place.firstSeq - 1), limit);
    const end = page.findIndex((entry) => !isOf(entry, place.turnId));
    return end === -1 ? page : page.slice(0, end);
  }

  /** The conversation that the run goes to: the one that is named, or a new one. */
  async #placeOf(
    { conversationId, agent }: RunRequest,
    owner: string,
  ): Promise<{ readonly conversation: Conversation; readonly isNew: boolean }> {
    if (conversationId === undefined)
      return { conversation: await this.#beginConversation(owner, agent), isNew: true };
    const conversation = await this.#desk.conversations.get(conversationId);
    const unknown = new UnknownConversationError(conversationId);
    if (conversation === undefined) throw new RunInputError(404, unknown.code, "", unknown.message);
    if (conversation.owner !== owner) {
      const { code, message } = forbiddenAs(new ProblemError(404, unknown.code, unknown.message));
      throw new RunInputError(403, code, "", message);
    }
    if (agent !== undefined && agent !== conversation.agent) throw otherAgent(conversation.agent);
    return { conversation, isNew: false };
  }

  #beginConversation(owner: string, agent: string = this.#desk.defaultAgent): Promise<Conversation> {
    const cwd = this.#desk.defaultCwd;
    if (cwd === null) throw noFolder();
    return this.#desk.conversations.create({ owner, agent, cwd, title: null, model: null });
  }

  async #takeBack(conversationId: string): Promise<void> {
    try {
      await this.#desk.conversations.delete(conversationId);
    } catch {
      // What matters to the caller is why the run was not started; an empty conversation is left in the list.
    }
  }

  /** Where to follow the run from, or that nothing of it comes after the position. */
  async #startOf(run: Run, afterSeq: number): Promise<Start> {
    const place = await this.#findPlace(run);
    if (place === undefined) return { kind: "over" };
    const { conversation, turnId, firstSeq } = place;
    const sinceSeq = Math.min(Math.max(afterSeq, firstSeq - 1), conversation.lastSeq);
    const around = await this.#read(conversation.id, sinceSeq - 1, 2);
    const held = around.find(({ seq }) => seq === sinceSeq);
    const next = around.find(({ seq }) => seq === sinceSeq + 1);
    const isOver = next === undefined ? held !== undefined && isEnd(held, place) : !isOf(next, turnId);
    return isOver ? { kind: "over" } : { kind: "from", ...place, sinceSeq };
  }

  #follow(
    { conversation, turnId, sinceSeq }: Extract<Start, { kind: "from" }>,
    subscriber: RunSubscriber,
    end: RunSubscriber["onEnd"],
  ): () => void {
    return this.#desk.turns.subscribe(conversation.id, sinceSeq, {
      ...(subscriber.ready === undefined ? {} : { ready: () => subscriber.ready?.() }),
      onEvent: (event, json) => {
        if (!("turnId" in event) || !isOf(event, turnId)) return;
        if ("seq" in event && event.seq <= sinceSeq) return;
        subscriber.onEvent(event, json);
        if (event.type === "turn-sealed") end("over");
      },
      onEnd: end,
    });
  }

  /** Undefined where the run never wrote anything. Throws UnknownConversationError. */
  async #findPlace({ conversationId, turnId, firstSeq }: Run): Promise<Place | undefined> {
    if (conversationId === null || turnId === null) return undefined;
    const conversation = await this.#desk.conversations.get(conversationId);
    if (conversation === undefined) throw new UnknownConversationError(conversationId);
    const first = firstSeq ?? (await this.#searchFirst(conversation, turnId));
    return first === undefined ? undefined : { conversation, turnId, firstSeq: first };
  }

  /** Reads backwards in pages: a run that does not know where it began is most likely a recent one. */
  async #searchFirst({ id, lastSeq }: Conversation, turnId: string): Promise<number | undefined> {
    let first: number | undefined;
    for (let end = lastSeq; end > 0; end -= pageSize) {
      const sinceSeq = Math.max(0, end - pageSize);
      const page = await this.#read(id, sinceSeq, end - sinceSeq);
      const found = page.find((entry) => isOf(entry, turnId));
      if (found === undefined && first !== undefined) return first;
      first = found?.seq ?? first;
      if (first !== undefined && first > sinceSeq + 1) return first;
    }
    return first;
  }

  #read(conversationId: string, sinceSeq: number, limit: number): Promise<readonly Entry[]> {
    return this.#desk.conversations.entries(conversationId, { sinceSeq: Math.max(0, sinceSeq), limit });
  }
}

interface Place {
  readonly conversation: Conversation;
  readonly turnId: string;
  readonly firstSeq: number;
}

type Start = { readonly kind: "over" } | ({ readonly kind: "from"; readonly sinceSeq: number } & Place);

/** A restored conversation names the turn that it goes on from, long after that was over. */
function isOf(event: { readonly type: string; readonly turnId: string }, turnId: string): boolean {
  return event.turnId === turnId && event.type !== "restored";
}

/** Whether nothing of the turn comes after this entry. */
function isEnd(entry: Entry, { turnId, firstSeq }: Place): boolean {
  return entry.seq >= firstSeq && (entry.type === "turn-sealed" || !isOf(entry, turnId));
}

function refusal({ code, message }: TurnRefusedError): RunInputError {
  const { status, field } = refusals[code];
  return new RunInputError(status, code, field, message);
}

const refusals: Readonly<Record<TurnRefusedError["code"], Pick<RunInputError, "status" | "field">>> = {
  "turn-in-progress": { status: 409, field: "conversationId" },
  "unknown-model": { status: 422, field: "input.model" },
  "no-model": { status: 422, field: "input.model" },
  "unknown-agent": { status: 422, field: "agent" },
  "unknown-price": { status: 422, field: "budget.usd" },
  draining: { status: 503, field: "" },
};

function otherAgent(agent: string): RunInputError {
  const message = `The conversation is one with the agent ${JSON.stringify(agent)}. Name that one, or none.`;
  return new RunInputError(422, "invalid-run-input", "agent", message);
}

function noFolder(): RunInputError {
  const message =
    "There is no folder that runs work in by default. Begin a conversation with a `cwd`, and name it here.";
  return new RunInputError(422, "no-folder", "conversationId", message);
}
