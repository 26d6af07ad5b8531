// Sends one message and follows its turn to the end.
import type { ConversationEvent, Entry, TurnDone } from "@lathe/kernel";
import type { RunBudget } from "@lathe/wire/operations";
import { timers } from "../powers/timers.ts";
import { type Client, ProblemAnswer } from "./client.ts";

export interface Message {
  readonly conversationId: string;
  readonly text: string;
  readonly model?: string;
  /** What the turn may use. */
  readonly budget?: RunBudget;
}

export interface TurnFollower {
  /** Each event, and the text that it came as. */
  onEvent(event: ConversationEvent, json: string): void;
  /** Settles when the turn is to be stopped. */
  readonly interrupted: Promise<unknown>;
}

const pollMs = 500;
const entryCountMax = 200;

/** Settles when the turn has sealed. Throws ProblemAnswer and ConnectionLostError. */
export async function followTurn(
  client: Client,
  message: Message,
  follower: TurnFollower,
): Promise<TurnDone> {
  const path = `/api/conversations/${encodeURIComponent(message.conversationId)}`;
  const turn = new FollowedTurn(follower, () => client.call("POST", `${path}/stop`));
  for await (const json of client.stream(...requestOf(message, path))) turn.receive(JSON.parse(json), json);
  // A stream that ends early was too slow for the daemon; the rest is in the log.
  while (!turn.sealed) {
    const page = await client.call<{ items: Entry[] }>(
      "GET",
      `${path}/entries?sinceSeq=${turn.lastSeq}&limit=${entryCountMax}`,
    );
    for (const entry of page.items) turn.receive(entry, JSON.stringify(entry));
    if (!turn.sealed && page.items.length < entryCountMax) await timers.sleep(pollMs);
  }
  return turn.ending(message.conversationId);
}

/** A turn with a budget is asked for as a run, which is followed in the same way. */
function requestOf(
  { conversationId, text, model, budget }: Message,
  conversation: string,
): readonly [path: string, body: object] {
  const input = model === undefined ? { text } : { text, model };
  if (budget === undefined) return [`${conversation}/messages`, input];
  return ["/api/runs", { kind: "turn", conversationId, input, budget }];
}

class FollowedTurn {
  readonly #follower: TurnFollower;
  readonly #stop: () => Promise<unknown>;
  #done: TurnDone | undefined;
  sealed = false;
  lastSeq = 0;

  constructor(follower: TurnFollower, stop: () => Promise<unknown>) {
    this.#follower = follower;
    this.#stop = stop;
  }

  receive(event: ConversationEvent | StreamProblem, json: string): void {
    if (!("conversationId" in event)) throw new ProblemAnswer(event.status, event.code, event.detail);
    if ("seq" in event) {
      if (event.seq <= this.lastSeq) return;
      // From the first entry on there is a turn that can be stopped.
      if (this.lastSeq === 0) this.#stopWhenInterrupted();
      this.lastSeq = event.seq;
    }
    if (!("turnId" in event)) return;
    this.#follower.onEvent(event, json);
    if (event.type === "done") this.#done = event;
    if (event.type === "turn-sealed") this.sealed = true;
  }

  ending(conversationId: string): TurnDone {
    if (this.#done === undefined) throw new Error(`The log of ${conversationId} has a turn without an end.`);
    return this.#done;
  }

  #stopWhenInterrupted(): void {
    const stop = async (): Promise<void> => {
      await this.#follower.interrupted;
      if (!this.sealed) await this.#stop();
    };
    // Where the daemon is gone, the stream says so too.
    stop().catch(() => undefined);
  }
}

/** What a stream ends with that could not be completed. */
interface StreamProblem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}
