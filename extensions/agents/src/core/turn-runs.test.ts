import {
  createMemoryConversations,
  type MemoryConversations,
  openMemoryStorage,
} from "@lathe/extension-kit/testing";
import {
  AppendConflictError,
  type ConversationEvent,
  type DurableEvent,
  type Entry,
  type NewConversation,
  type Run,
  RunInputError,
  type RunSubscriber,
  type SendOptions,
  StorageReadOnlyError,
  type Subscriber,
  type TurnInput,
  TurnRefusedError,
  type Turns,
  UnknownConversationError,
} from "@lathe/kernel";
import { ProblemError } from "@lathe/wire";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { TurnRuns } from "./turn-runs.ts";

const options = { owner: "ann", parentId: null, runId: "run_1", joined: [] };
const draft: NewConversation = { owner: "ann", title: null, agent: "default", model: null, cwd: "/work" };

let conversations: MemoryConversations;
let turns: FakeTurns;
let runs: TurnRuns;
beforeEach(() => {
  conversations = createMemoryConversations(openMemoryStorage().namespace("agents"));
  turns = new FakeTurns(conversations);
  runs = open("/work");
});

function open(defaultCwd: string | null): TurnRuns {
  return new TurnRuns({ turns, conversations, defaultAgent: "default", defaultCwd });
}

/** Turns that say nothing by themselves: a test tells what happens in a conversation. */
class FakeTurns implements Pick<Turns, "send" | "stop" | "subscribe"> {
  readonly sent: unknown[] = [];
  readonly stopped: unknown[] = [];
  refuse: Error | undefined;
  readonly #conversations: MemoryConversations;
  readonly #subscribers = new Set<{ readonly seq: number; readonly subscriber: Subscriber }>();

  constructor(conversations: MemoryConversations) {
    this.#conversations = conversations;
  }

  get watcherCount(): number {
    return this.#subscribers.size;
  }

  async send(conversationId: string, input: TurnInput, sendOptions?: SendOptions): ReturnType<Turns["send"]> {
    if (this.refuse !== undefined) throw this.refuse;
    this.sent.push([conversationId, input, sendOptions]);
    return { runId: "run_1", turnId: "trn_1", seq: 1 };
  }

  async stop(conversationId: string, turnId?: string): Promise<boolean> {
    this.stopped.push([conversationId, turnId]);
    if ((await this.#conversations.get(conversationId)) === undefined)
      throw new UnknownConversationError(conversationId);
    return true;
  }

  /** As the real one: nothing before it returns, then everything after the position, then what happens. */
  subscribe(conversationId: string, seq: number, subscriber: Subscriber): () => void {
    const subscription = { seq, subscriber };
    const replay = async (): Promise<void> => {
      const page = await this.#conversations.entries(conversationId, { sinceSeq: seq, limit: 1_000 });
      for (const entry of page) if (this.#subscribers.has(subscription)) this.#tell(subscription, entry);
    };
    this.#subscribers.add(subscription);
    replay().catch(() => subscriber.onEnd("deleted"));
    return () => void this.#subscribers.delete(subscription);
  }

  async commit(conversationId: string, events: readonly DurableEvent[]): Promise<void> {
    for (const entry of await this.#conversations.append(conversationId, events)) this.show(entry);
  }

  show(event: ConversationEvent): void {
    for (const subscription of [...this.#subscribers]) this.#tell(subscription, event);
  }

  #tell(
    { seq, subscriber }: { readonly seq: number; readonly subscriber: Subscriber },
    event: ConversationEvent,
  ) {
    if ("seq" in event && event.seq <= seq) return;
    subscriber.onEvent(event, () => JSON.stringify(event));
  }
}

/** The entries of a whole turn. */
function turnOf(conversationId: string, turnId: string, stepCount = 1): readonly DurableEvent[] {
  return [...beginning(conversationId, turnId, stepCount), sealOf(conversationId, turnId)];
}

function beginning(conversationId: string, turnId: string, stepCount = 1): readonly DurableEvent[] {
  const content = [{ type: "text", text: turnId } as const];
  const steering = (index: number): DurableEvent => {
    return { type: "steering", conversationId, turnId, stepId: `${turnId}#${index}`, content };
  };
  return [
    { type: "user-message", conversationId, turnId, content },
    ...Array.from({ length: stepCount }, (_, index) => steering(index)),
  ];
}

function sealOf(conversationId: string, turnId: string): DurableEvent {
  return { type: "turn-sealed", conversationId, turnId };
}

function runOf(conversationId: string | null, turnId: string | null, known: Partial<Run> = {}): Run {
  return {
    id: "run_1",
    kind: "turn",
    owner: "ann",
    title: null,
    parentId: null,
    status: "running",
    agent: "default",
    conversationId,
    turnId,
    firstSeq: null,
    lastSeq: null,
    createdAtMs: 1,
    startedAtMs: 1,
    endedAtMs: null,
    usage: null,
    budget: null,
    result: null,
    error: null,
    schemaWarnings: [],
    ...known,
  };
}

class Watcher implements RunSubscriber {
  readonly events: ConversationEvent[] = [];
  ended: string | undefined;
  readonly #over = Promise.withResolvers<void>();
  readonly over: Promise<void> = this.#over.promise;
  onEvent(event: ConversationEvent): void {
    expect(this.ended).toBeUndefined();
    this.events.push(event);
  }
  onEnd(reason: string): void {
    expect(this.ended).toBeUndefined();
    this.ended = reason;
    this.#over.resolve();
  }
  get seqs(): readonly number[] {
    return this.events.flatMap((event) => ("seq" in event ? [event.seq] : []));
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe("starting", () => {
  test("begins a conversation of the owner where none is named, and sends with what is joined", async () => {
    const joined = [openMemoryStorage().namespace("runs").prepare({})];
    await runs.start({ input: "Hello.", agent: "coder" }, { ...options, parentId: "run_0", joined });
    const [conversation] = await conversations.list({ limit: 10 });
    expect(conversation).toMatchObject({ owner: "ann", agent: "coder", cwd: "/work" });
    expect(turns.sent).toEqual([
      [conversation?.id, { text: "Hello." }, { owner: "ann", runId: "run_1", joined, parentId: "run_0" }],
    ]);
  });

  test("goes on with the conversation that is named", async () => {
    const { id } = await conversations.create(draft);
    await runs.start(
      { input: { text: "Hello.", model: "a/b" }, conversationId: id, agent: "default" },
      options,
    );
    expect(turns.sent).toEqual([
      [id, { text: "Hello.", model: "a/b" }, { owner: "ann", runId: "run_1", joined: [] }],
    ]);
  });

  test("B2: a conversation of another owner is forbidden, one that is not there unknown, in answers of one length", async () => {
    const { id } = await conversations.create({ ...draft, owner: "bob" });
    const problems = await Promise.all(
      [id, "cnv_none"].map(async (conversationId) => {
        const failure: unknown = await runs
          .start({ input: "x", conversationId }, options)
          .catch((cause) => cause);
        expect(failure).toBeInstanceOf(RunInputError);
        const { status, code, field, message } = failure as RunInputError;
        expect(field).toBe("");
        return new ProblemError(status, code, message).toProblem();
      }),
    );
    expect(problems.map(({ status, code }) => [status, code])).toEqual([
      [403, "forbidden"],
      [404, "unknown-conversation"],
    ]);
    const [forbidden, unknown] = problems.map((problem) => JSON.stringify(problem).length);
    expect(forbidden).toBe(unknown);
    expect(turns.sent).toEqual([]);
  });

  test.each([
    [7, "input"],
    [null, "input"],
    [true, "input"],
    [["x"], "input.text"],
    [{}, "input.text"],
    ["  ", "input.text"],
    [{ text: 1 }, "input.text"],
    [{ text: "x", model: "" }, "input.model"],
    [{ text: "x", cwd: "/" }, "input.cwd"],
    [{ text: "x", owner: "bob" }, "input.owner"],
    [JSON.parse('{"text":"x","__proto__":{"owner":"bob"}}'), "input.__proto__"],
  ])("B6: the input %j is refused, and the field is named", async (input, field) => {
    await expect(runs.start({ input }, options)).rejects.toMatchObject({
      status: 422,
      code: "invalid-run-input",
      field,
    });
    expect(await conversations.list({ limit: 10 })).toEqual([]);
  });

  test("an agent that is not the conversation's, and no folder to work in, are refused", async () => {
    const { id } = await conversations.create(draft);
    await expect(
      runs.start({ input: "x", conversationId: id, agent: "coder" }, options),
    ).rejects.toMatchObject({ status: 422, field: "agent" });
    await expect(open(null).start({ input: "x" }, options)).rejects.toMatchObject({
      status: 422,
      code: "no-folder",
    });
  });

  test.each([
    ["turn-in-progress", 409, "conversationId"],
    ["unknown-model", 422, "input.model"],
    ["no-model", 422, "input.model"],
    ["unknown-agent", 422, "agent"],
    ["draining", 503, ""],
  ] as const)("a turn that is refused as %s is refused as a run, and leaves no conversation", async (code, status, field) => {
    turns.refuse = new TurnRefusedError(code, "No.");
    await expect(runs.start({ input: "x" }, options)).rejects.toMatchObject({ status, code, field });
    expect(await conversations.list({ limit: 10 })).toEqual([]);
  });

  test("what the store refuses is passed on, and leaves no new conversation, and every old one", async () => {
    const { id } = await conversations.create(draft);
    for (const refusal of [new AppendConflictError("cnv_1"), new StorageReadOnlyError("full")]) {
      turns.refuse = refusal;
      await expect(runs.start({ input: "x" }, options)).rejects.toBe(refusal);
      await expect(runs.start({ input: "x", conversationId: id }, options)).rejects.toBe(refusal);
    }
    expect((await conversations.list({ limit: 10 })).map((one) => one.id)).toEqual([id]);
  });
});

describe("stopping", () => {
  test("stops this turn and no other; one whose conversation is gone has stopped", async () => {
    const { id } = await conversations.create(draft);
    await runs.stop(runOf(id, "trn_1"));
    await runs.stop(runOf("cnv_gone", "trn_1"));
    await runs.stop(runOf(null, null));
    expect(turns.stopped).toEqual([
      [id, "trn_1"],
      ["cnv_gone", "trn_1"],
    ]);
  });
});

describe("the entries of a run", () => {
  test("are those of its turn and of no other, page by page, whether or not it knows where they begin", async () => {
    const { id } = await conversations.create(draft);
    const size = fc.integer({ min: 0, max: 6 });
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        fc.integer({ min: 1, max: 4 }),
        fc.nat({ max: 30 }),
        async (before, own, limit, after) => {
          const firstSeq = ((await conversations.get(id))?.lastSeq ?? 0) + before + 3;
          const turnId = `trn_${firstSeq}`;
          await conversations.append(id, turnOf(id, `${turnId}_before`, before));
          const mine = await conversations.append(id, turnOf(id, turnId, own));
          await conversations.append(id, [
            { type: "restored", conversationId: id, turnId, toSeq: mine.at(-1)?.seq ?? 0 },
            ...turnOf(id, `${turnId}_after`),
          ]);
          for (const run of [runOf(id, turnId), runOf(id, turnId, { firstSeq })]) {
            const found: Entry[] = [];
            for (let afterSeq = 0; ; afterSeq = found.at(-1)?.seq ?? 0) {
              const page = await runs.entries(run, { afterSeq, limit });
              found.push(...page);
              if (page.length < limit) break;
            }
            expect(found).toEqual(mine);
            expect(await runs.lastSeq(run)).toBe(mine.at(-1)?.seq);
            const afterSeq = firstSeq - 5 + after;
            expect(await runs.entries(run, { afterSeq, limit: 100 })).toEqual(
              mine.filter(({ seq }) => seq > afterSeq),
            );
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("are read from their first position on, and not from the beginning of the conversation", async () => {
    const { id } = await conversations.create(draft);
    for (let turn = 0; turn < 5; turn += 1) await conversations.append(id, turnOf(id, `trn_${turn}`, 300));
    const asked: number[] = [];
    const read = conversations.entries;
    conversations.entries = (conversationId, page) => {
      asked.push(page.limit);
      return read(conversationId, page);
    };
    const run = runOf(id, "trn_2", { firstSeq: 605, lastSeq: 906, status: "succeeded" });
    expect(await runs.entries(run, { afterSeq: 0, limit: 10 })).toHaveLength(10);
    expect(await runs.lastSeq(run)).toBe(906);
    expect(asked).toEqual([10]);
  });

  test("are none where it never wrote any, and unknown where the conversation is gone", async () => {
    const { id } = await conversations.create(draft);
    expect(await runs.entries(runOf(null, null), { afterSeq: 0, limit: 10 })).toEqual([]);
    expect(await runs.entries(runOf(id, "trn_1"), { afterSeq: 0, limit: 10 })).toEqual([]);
    expect(await runs.lastSeq(runOf(id, "trn_1"))).toBe(0);
    await expect(runs.entries(runOf("cnv_gone", "trn_1"), { afterSeq: 0, limit: 10 })).rejects.toThrow(
      UnknownConversationError,
    );
  });
});

describe("following", () => {
  test("R2: from every position of a run that is over there comes exactly the rest, and then the end", async () => {
    const { id } = await conversations.create(draft);
    await conversations.append(id, turnOf(id, "trn_0"));
    const mine = await conversations.append(id, turnOf(id, "trn_1", 4));
    await conversations.append(id, turnOf(id, "trn_2"));
    for (let afterSeq = 0; afterSeq <= 12; afterSeq += 1) {
      const watcher = new Watcher();
      runs.subscribe(runOf(id, "trn_1"), afterSeq, watcher);
      await watcher.over;
      expect(watcher.events).toEqual(mine.filter(({ seq }) => seq > afterSeq));
      expect(watcher.ended).toBe("over");
    }
    expect(turns.watcherCount).toBe(0);
  });

  test("a run that is over, and the last of its conversation, ends at once for who has all of it", async () => {
    const { id } = await conversations.create(draft);
    await conversations.append(id, turnOf(id, "trn_1"));
    const watcher = new Watcher();
    runs.subscribe(runOf(id, "trn_1"), 3, watcher);
    await watcher.over;
    expect([watcher.events, watcher.ended]).toEqual([[], "over"]);
  });

  test("a run in progress is shown live to its seal, and nothing of what comes next", async () => {
    const { id } = await conversations.create(draft);
    await conversations.append(id, turnOf(id, "trn_0"));
    await conversations.append(id, beginning(id, "trn_1"));
    const watcher = new Watcher();
    runs.subscribe(runOf(id, "trn_1", { firstSeq: 4 }), 0, watcher);
    await settled();
    expect(watcher.seqs).toEqual([4, 5]);
    const place = { conversationId: id, turnId: "trn_1", stepId: "trn_1#0" };
    turns.show({ ...place, type: "text-delta", text: "Hm." });
    turns.show({ type: "reset", conversationId: id, lastSeq: 5 });
    await turns.commit(id, [sealOf(id, "trn_1"), ...turnOf(id, "trn_2")]);
    await watcher.over;
    expect(watcher.events.map(({ type }) => type)).toEqual([
      "user-message",
      "steering",
      "text-delta",
      "turn-sealed",
    ]);
    expect([watcher.ended, turns.watcherCount]).toEqual(["over", 0]);
  });

  test("nothing comes before it has returned, and nothing after it was stopped", async () => {
    const { id } = await conversations.create(draft);
    await conversations.append(id, beginning(id, "trn_1"));
    const [one, two] = [new Watcher(), new Watcher()];
    const stopOne = runs.subscribe(runOf(id, "trn_1"), 0, one);
    const stopTwo = runs.subscribe(runOf(id, "trn_1"), 0, two);
    stopOne();
    expect(two.events).toEqual([]);
    await settled();
    stopTwo();
    await turns.commit(id, [sealOf(id, "trn_1")]);
    expect([one.events, one.ended, two.seqs, two.ended]).toEqual([[], undefined, [1, 2], undefined]);
    expect(turns.watcherCount).toBe(0);
  });

  test("a conversation that is gone ends it as deleted, and a log that cannot be read as failed", async () => {
    const gone = new Watcher();
    runs.subscribe(runOf("cnv_gone", "trn_1"), 0, gone);
    await gone.over;
    const { id } = await conversations.create(draft);
    conversations.entries = () => Promise.reject(new Error("The disk is broken."));
    const broken = new Watcher();
    runs.subscribe(runOf(id, "trn_1", { firstSeq: 1 }), 0, broken);
    await broken.over;
    expect([gone.ended, broken.ended]).toEqual(["deleted", "failed"]);
  });
});
