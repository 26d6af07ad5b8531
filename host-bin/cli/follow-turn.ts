// Sends one message and follows its turn to the end.
import { randomUUID } from "node:crypto";
import { type Client, LatheProblem } from "@lathe/client";
import type { Admission, ConversationEvent, RunEvent, TurnDone } from "@lathe/kernel";
import { isWorkflowEntry } from "@lathe/wire";
import {
  conversationsSend,
  conversationsStop,
  conversationsStream,
  type RunBudget,
  runsCreate,
} from "@lathe/wire/operations";
import { WantedStop } from "./wanted-stop.ts";

export interface Message {
  readonly conversationId: string;
  readonly text: string;
  readonly model?: string | undefined;
  /** What the turn may use. */
  readonly budget?: RunBudget | undefined;
}

export interface TurnFollower {
  onEvent(event: ConversationEvent): void;
  /** Settles when the turn is to be stopped. */
  readonly interrupted: Promise<unknown>;
}

/**
 * The turn of one message. It is sent as a run with an idempotency key, so that it is one turn however often the message
 * has to be sent: a connection that breaks costs nothing.
 */
export class FollowedTurn {
  readonly #message: Message;
  readonly #follower: TurnFollower;
  readonly #idempotencyKey = randomUUID();
  readonly #stop: WantedStop;
  /** Where the message could not be sent as a run. */
  #admission: Admission | undefined;
  #turnId: string | undefined;
  #lastSeq: number | undefined;
  #done: TurnDone | undefined;
  #isSealed = false;

  constructor(message: Message, follower: TurnFollower) {
    this.#message = message;
    this.#follower = follower;
    const { conversationId: id } = message;
    this.#stop = new WantedStop({
      ask: async (client) => (await client.call(conversationsStop, { id })).stopped,
      // Whoever follows the turn learns by himself what has become of it.
      refused: () => undefined,
    });
  }

  /**
   * Settles when the turn has sealed. Called again, also with the client of another daemon, it goes on where it was. Throws
   * LatheProblem, ConnectionError and LostDaemonError.
   */
  async follow(client: Client): Promise<TurnDone> {
    this.#stop.through(client);
    try {
      for await (const event of this.#events(client)) {
        this.#receive(event);
        if (this.#isSealed) break;
      }
    } finally {
      this.#stop.through(undefined);
    }
    if (this.#done !== undefined) return this.#done;
    throw new Error(`The log of ${this.#message.conversationId} has a turn without an end.`);
  }

  async *#events(client: Client): AsyncGenerator<RunEvent, void> {
    const { conversationId, text, model, budget } = this.#message;
    const after = this.#lastSeq === undefined ? {} : { after: this.#lastSeq };
    if (this.#admission === undefined) {
      const run = {
        kind: "turn",
        conversationId,
        input: model === undefined ? text : { text, model },
        budget,
      };
      try {
        return yield* client.follow(runsCreate, run, { idempotencyKey: this.#idempotencyKey, ...after });
      } catch (failure) {
        if (budget !== undefined || !isNotOffered(failure)) throw failure;
      }
      this.#admission = await client.call(conversationsSend, { id: conversationId, text, model });
    }
    // Turns can do without the extension that knows runs.
    const { seq } = this.#admission;
    yield* client.follow(conversationsStream, { id: conversationId }, { after: seq - 1, ...after });
  }

  #receive(event: RunEvent): void {
    if (isWorkflowEntry(event) || !("turnId" in event)) return;
    this.#turnId ??= event.turnId;
    if (event.turnId !== this.#turnId) return;
    if ("seq" in event) {
      // From the first entry on there is a turn that can be stopped.
      if (this.#lastSeq === undefined) void this.#follower.interrupted.then(() => this.#stop.want());
      this.#lastSeq = event.seq;
    }
    this.#follower.onEvent(event);
    if (event.type === "done") this.#done = event;
    if (event.type === "turn-sealed") this.#isSealed = true;
  }
}

function isNotOffered(failure: unknown): boolean {
  return failure instanceof LatheProblem && failure.code === "not-found";
}
