// One conversation of random turns, with some who never leave, some who come and go, and some who join while the model is
// silent. All of them must show the same.
//
// Invariants
//   W1  While the model is silent, whoever follows shows what the one who never left shows, and so does one who joins.
//   W2  When the turns have sealed, everyone was given each entry once and in order, and shows what the entries tell.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Admission, Conversation, Entry } from "@lathe/kernel";
import { type ConversationView, turnsOf } from "@lathe/wire";
import { expect } from "vitest";
import type { DaemonProcess } from "../daemon-process.ts";
import { fold, WatchedConversation } from "../watched-conversation.ts";
import type { Transport } from "./follow-once.ts";
import { Follower, type FollowerPlan } from "./follower.ts";
import { awaitedFile, type PlannedModel, type PlannedTurn } from "./planned-model.ts";
import type { RoundPlan, TurnPlan } from "./turn-plans.ts";

/** What a round has seen, so that a suite that sees too little can fail. */
export interface RoundReport {
  readonly turnCount: number;
  /** How often the model was silent, or a command waited, and everyone was compared. */
  readonly comparisonCount: number;
  /** One for each connection that was lost: the moment, behind its transport. */
  readonly cuts: readonly string[];
  readonly entries: readonly Entry[];
  /** Types of the events that one who never left was shown. */
  readonly seen: ReadonlySet<string>;
}

export interface RoundDesk {
  readonly daemon: DaemonProcess;
  readonly model: PlannedModel;
  /** Of the conversation; commands wait in it for their files. */
  readonly cwd: string;
}

const transports: readonly Transport[] = ["sse", "websocket"];
const staying = (transport: Transport): FollowerPlan => ({ transport, startsAfterMs: 0, cuts: [] });

export async function playRound(plan: RoundPlan, desk: RoundDesk): Promise<RoundReport> {
  const conversation = await WatchedConversation.begin(desk.daemon, { cwd: desk.cwd });
  const place = { daemon: desk.daemon, conversationId: conversation.id };
  const live = transports.map((transport) => new Follower(place, staying(transport)));
  await Promise.all(live.map((follower) => follower.opened()));
  const followers = plan.followers.map((follower) => new Follower(place, follower));
  const round = new Round(desk, conversation, live, followers);
  try {
    return await round.play(plan.turns);
  } finally {
    await Promise.all([...live, ...followers].map((follower) => follower.leave()));
  }
}

class Round {
  readonly #desk: RoundDesk;
  readonly #conversation: WatchedConversation;
  readonly #live: readonly Follower[];
  readonly #all: readonly Follower[];
  readonly #first: Follower;
  readonly #overTurnIds: string[] = [];
  #comparisonCount = 0;

  constructor(
    desk: RoundDesk,
    conversation: WatchedConversation,
    live: readonly Follower[],
    followers: readonly Follower[],
  ) {
    this.#desk = desk;
    this.#conversation = conversation;
    this.#live = live;
    this.#all = [...live, ...followers];
    this.#first = live[0] as Follower;
  }

  async play(turns: readonly TurnPlan[]): Promise<RoundReport> {
    for (const plan of turns) {
      const turnId = await this.#playTurn(plan);
      if (plan.restores) await this.#restore();
      this.#overTurnIds.push(turnId);
    }
    const entries = await this.#expectAllEqual();
    return {
      turnCount: turns.length,
      comparisonCount: this.#comparisonCount,
      cuts: this.#all.flatMap(({ plan, cutAt }) => cutAt.map((moment) => `${plan.transport} ${moment}`)),
      entries,
      seen: new Set(this.#live.flatMap(({ seenTypes }) => [...seenTypes])),
    };
  }

  async #playTurn(plan: TurnPlan): Promise<string> {
    const { daemon, model } = this.#desk;
    const planned = model.plan(plan);
    const before = this.#first.eventCount;
    const path = `/api/conversations/${this.#conversation.id}/messages`;
    const { turnId } = await daemon.client.call<Admission>("POST", path, { text: planned.key });
    const isOver = ({ view }: Follower): boolean => view.turns.some((turn) => turn.turnId === turnId);
    const over = this.#first.until("the seal", isOver).then(() => undefined);
    over.catch(() => undefined);
    const { stopAfter } = plan;
    if (stopAfter === null) await this.#compareWhileQuiet(planned, over);
    else {
      await this.#first.until("events", (live) => live.eventCount >= before + stopAfter || isOver(live));
      await this.#conversation.stop();
    }
    await over;
    return turnId;
  }

  /** Each time the model is silent, and each time a command waits. */
  async #compareWhileQuiet(planned: PlannedTurn, over: Promise<undefined>): Promise<void> {
    const gone = new Set<string>();
    const waiting = (): string | undefined => awaitedBy(this.#first.view, gone);
    for (;;) {
      const overOrWaiting = new AbortController();
      const command = this.#first.until(
        "a command",
        () => overOrWaiting.signal.aborted || waiting() !== undefined,
      );
      const point = await Promise.race([planned.quiet(), command.then(waiting), over]);
      overOrWaiting.abort();
      if (point === undefined) return;
      if (typeof point === "string") {
        gone.add(point);
        await this.#compare((view) => awaitedBy(view) === point);
        await writeFile(join(this.#desk.cwd, point), "");
      } else {
        await this.#compare((view) => JSON.stringify(view.current).includes(point.marker));
        if (point.mustStop) await this.#conversation.stop();
        point.goOn();
      }
    }
  }

  async #compare(isThere: (view: ConversationView) => boolean): Promise<void> {
    const place = { daemon: this.#desk.daemon, conversationId: this.#conversation.id };
    const joiners = transports.map((transport) => new Follower(place, staying(transport)));
    const everyone = [...this.#all, ...joiners];
    await Promise.all(
      everyone.map((follower) => follower.until("the quiet point", ({ view }) => isThere(view))),
    );
    for (const { view } of everyone) expect(view).toEqual(this.#first.view);
    await Promise.all(joiners.map((joiner) => joiner.leave()));
    this.#comparisonCount += 1;
  }

  async #restore(): Promise<void> {
    const turnId = this.#overTurnIds.at(-1);
    if (turnId === undefined) return;
    const path = `/api/conversations/${this.#conversation.id}/restore`;
    await this.#desk.daemon.client.call("POST", path, { turnId });
  }

  async #expectAllEqual(): Promise<readonly Entry[]> {
    const entries = await this.#conversation.entries();
    const { lastSeq, state } = await this.#conversation.head();
    expect({ lastSeq, state }).toEqual({
      lastSeq: entries.length,
      state: "idle",
    } satisfies Partial<Conversation>);
    const told = fold(entries);
    for (const follower of this.#all) {
      await follower.until("the last entry", ({ view }) => view.lastSeq >= lastSeq);
      expect(follower.entries).toEqual(entries);
      for (const [index, turn] of turnsOf(told).entries())
        expect(turnsOf(follower.view)[index]).toEqual(turn);
      expect(follower.view).toEqual(told);
    }
    return entries;
  }
}

/** The file that a running command waits for. */
function awaitedBy(view: ConversationView, known: ReadonlySet<string> = new Set()): string | undefined {
  for (const part of view.current?.steps.at(-1)?.parts ?? []) {
    if (part.type !== "tool-call" || part.status !== "running") continue;
    const file = awaitedFile(part.argumentsText);
    if (file !== undefined && !known.has(file)) return file;
  }
  return undefined;
}
