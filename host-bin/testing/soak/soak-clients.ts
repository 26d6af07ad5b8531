// Those who use the daemon while it is soaked.
import type { LoadStage } from "../load/load-stage.ts";
import { until } from "../load/load-stage.ts";
import type { Witness } from "../load/witness.ts";

export class SoakClients {
  /** Turns that are over. */
  turnCount = 0;
  subscriberCount = 0;
  deletedCount = 0;
  readonly #stage: LoadStage;
  readonly #over: AbortSignal;
  readonly #turnEveryMs: number;
  #nextTurnAtMs = 0;
  #resting: PromiseWithResolvers<void> | undefined;
  #busyCount = 0;

  constructor(stage: LoadStage, over: AbortSignal, turnEveryMs: number) {
    this.#stage = stage;
    this.#over = over;
    this.#turnEveryMs = turnEveryMs;
  }

  /** Does this while nobody is in the middle of anything, so that what the daemon holds is what it keeps. */
  async atRest(work: () => Promise<void>): Promise<void> {
    const resting = Promise.withResolvers<void>();
    this.#resting = resting;
    await until(() => this.#busyCount === 0, "a rest");
    await work();
    this.#resting = undefined;
    resting.resolve();
  }

  async #busy(work: () => Promise<void>): Promise<void> {
    while (this.#resting !== undefined) await this.#resting.promise;
    this.#busyCount += 1;
    await work();
    this.#busyCount -= 1;
  }

  /** One conversation after the other: some turns, some who follow them for a while, and it is deleted. */
  async liveOnAndOn(): Promise<void> {
    for (let number = 0; !this.#over.aborted; number += 1) await this.#busy(() => this.#live(number));
  }

  /** Follows a conversation in which much is said, and reads nothing of it. */
  async neverReadOnAndOn(): Promise<void> {
    while (!this.#over.aborted) {
      const id = await this.#stage.begin();
      const reads = await this.#follow(id, 0);
      const never = [await this.#follow(id, 0), await this.#follow(id, 1)];
      for (const witness of never) witness.pause();
      for (let turn = 0; turn < 200 && !this.#over.aborted; turn += 1)
        await this.#busy(() => this.#playTurn(id, reads));
      for (const witness of [reads, ...never]) witness.leave();
      await this.#stage.daemon.client.call("DELETE", `/api/conversations/${id}`);
    }
  }

  async #live(number: number): Promise<void> {
    const id = await this.#stage.begin();
    const stays = await this.#follow(id, number);
    for (let turn = 0; turn <= number % 5; turn += 1) {
      const leaves = await this.#follow(id, turn, turn === 0 ? undefined : stays);
      await this.#playTurn(id, stays);
      leaves.leave();
    }
    stays.leave();
    await this.#stage.daemon.client.call("DELETE", `/api/conversations/${id}`);
    this.deletedCount += 1;
  }

  async #follow(id: string, number: number, after?: Witness): Promise<Witness> {
    this.subscriberCount += 1;
    return this.#stage.witness(number % 2 === 0 ? "sse" : "websocket", id, after);
  }

  /** Turns begin so far apart, whoever begins them; those that are late are not made up for. */
  async #itsTurn(): Promise<void> {
    const nowMs = performance.now();
    const atMs = Math.max(nowMs, this.#nextTurnAtMs);
    this.#nextTurnAtMs = atMs + this.#turnEveryMs;
    if (atMs > nowMs) await new Promise((resolve) => setTimeout(resolve, atMs - nowMs));
  }

  async #playTurn(id: string, witness: Witness): Promise<void> {
    await this.#itsTurn();
    const { turnId } = await this.#stage.send(id, "Go on.");
    const isSealed = (): boolean =>
      witness.lastEntry.includes('"type":"turn-sealed"') && witness.lastEntry.includes(turnId);
    await until(() => witness.isClosed || isSealed(), "the seal");
    if (witness.isClosed) throw new Error(`Who read was let go: ${JSON.stringify(await witness.closed)}`);
    this.turnCount += 1;
  }
}
