// Someone who follows a conversation, loses the connection where the plan says, and comes back with the last position.
// It takes everything that it is given as it is: an entry that is missing, or comes twice, is the daemon's failure.
import type { ConversationEvent, Entry } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView } from "@lathe/wire";
import { type Followed, followOnce, type Transport } from "./follow-once.ts";
import { LimitedConnection } from "./limited-connection.ts";

/** Where a connection breaks, and for how long the follower is away then. */
export type Cut = (
  | { readonly at: "open" }
  | { readonly at: "bytes"; readonly count: number }
  /** Behind the first event of this type that the connection brings. */
  | { readonly at: "event"; readonly type: ConversationEvent["type"] }
) & { readonly awayMs: number };

export interface FollowerPlan {
  readonly transport: Transport;
  readonly startsAfterMs: number;
  /** One for each connection; the one after the last stays. */
  readonly cuts: readonly Cut[];
}

const patienceMs = 60_000;

export class Follower {
  readonly plan: FollowerPlan;
  readonly entries: Entry[] = [];
  /** The moments at which it lost its connection, as far as it did. */
  readonly cutAt: string[] = [];
  readonly seenTypes: Set<ConversationEvent["type"]> = new Set();
  eventCount = 0;
  view: ConversationView = startView();
  readonly #place: Omit<Followed, "sinceSeq" | "connection">;
  readonly #port: number;
  #failure: Error | undefined;
  #connection: LimitedConnection | undefined;
  #isLeaving = false;
  #hasOpened = false;
  #wake = Promise.withResolvers<void>();
  readonly #over: Promise<void>;

  constructor(place: Omit<Followed, "sinceSeq" | "connection">, plan: FollowerPlan) {
    this.#place = place;
    this.plan = plan;
    this.#port = Number(new URL(place.daemon.url).port);
    this.#over = this.#follow().catch((failure) => {
      this.#failure = failure;
      this.#tell();
    });
  }

  /** Settles when this holds. Throws where it was given what it must not be given, and where nothing comes any more. */
  async until(what: string, holds: (follower: Follower) => boolean): Promise<void> {
    const impatience = AbortSignal.timeout(patienceMs);
    impatience.addEventListener("abort", () => this.#tell());
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (holds(this)) return;
      if (impatience.aborted) throw new Error(`${this.#name()} waits in vain for ${what}: ${this.#state()}`);
      await this.#wake.promise;
    }
  }

  opened(): Promise<void> {
    return this.until("an answer", () => this.#hasOpened);
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#connection?.cut();
    await this.#over;
  }

  async #follow(): Promise<void> {
    if (this.plan.startsAfterMs > 0) await pause(this.plan.startsAfterMs);
    for (const cut of this.plan.cuts) {
      await this.#followOnce(cut);
      if (this.#isLeaving) return;
      await pause(cut.awayMs);
    }
    if (!this.#isLeaving) await this.#followOnce(undefined);
  }

  async #followOnce(cut: Cut | undefined): Promise<void> {
    if (this.#isLeaving) return;
    const connection = new LimitedConnection(this.#port, cut?.at === "bytes" ? cut.count : undefined);
    this.#connection = connection;
    const followed = { ...this.#place, sinceSeq: this.view.lastSeq, connection };
    let partialCount = 0;
    for await (const event of followOnce(this.plan.transport, followed)) {
      if (event === "open") this.#hasOpened = true;
      else this.#take(event);
      if (event !== "open" && event.type === "step-partial") partialCount += 1;
      if (partialCount > 1) throw new Error(`${this.#name()} was shown the step in flight twice.`);
      this.#tell();
      if (isMoment(cut, event)) connection.cut();
      // What has arrived behind the break is lost, as it is for a process that ends.
      if (connection.isCut && cut?.at !== "bytes") break;
    }
    if (!connection.isCut) throw new Error(`${this.#name()} was let go by the daemon: ${this.#state()}`);
    connection.destroy();
    if (cut !== undefined && !this.#isLeaving) this.cutAt.push(cut.at === "event" ? cut.type : cut.at);
  }

  #take(event: ConversationEvent): void {
    this.eventCount += 1;
    this.seenTypes.add(event.type);
    if (event.type === "reset") throw new Error(`${this.#name()} was reset at ${this.view.lastSeq}.`);
    if ("seq" in event) {
      if (event.seq !== this.entries.length + 1)
        throw new Error(`${this.#name()} has ${this.entries.length} entries, and was given ${event.seq}.`);
      this.entries.push(event);
    }
    this.view = foldEvents(this.view, event);
  }

  #name(): string {
    return `The follower over ${this.plan.transport} with ${JSON.stringify(this.plan.cuts)}`;
  }

  #state(): string {
    return `cut at ${this.cutAt.join(", ")}; ${JSON.stringify(this.view.current)}`;
  }

  #tell(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

function isMoment(cut: Cut | undefined, event: "open" | ConversationEvent): boolean {
  if (event === "open") return cut?.at === "open";
  return cut?.at === "event" && cut.type === event.type;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
