// A kind of run that does what a test tells it: each run has a log of its own, from position 1.
import {
  AppendConflictError,
  type BudgetLimits,
  type Entry,
  type JsonValue,
  type Run,
  type RunEnding,
  RunInputError,
  type RunKind,
  type RunRequest,
  type RunStartOptions,
  type RunSubscriber,
  type Runs,
  type Storage,
} from "@lathe/kernel";

interface Task {
  readonly entries: Entry[];
  readonly subscribers: Set<RunSubscriber>;
}

interface Begun {
  readonly agent?: string;
  readonly title?: string;
  readonly status?: "queued" | "running";
  readonly budget?: BudgetLimits;
}

export class TaskRuns implements RunKind {
  readonly #kind: string;
  readonly #storage: Storage;
  readonly #runs: () => Runs;
  readonly #tasks = new Map<string, Task>();
  takesBudget = false;
  /** Waited for before each start is committed. */
  beforeCommit: () => Promise<void> = async () => undefined;
  /** Called for each stop; settles when the run has stopped. */
  onStop: (run: Run) => Promise<void> = (run) => this.end(run.id, "stopped");
  readonly started: { readonly request: RunRequest; readonly options: RunStartOptions }[] = [];
  readonly stopped: string[] = [];
  readonly deleted: string[] = [];
  /** The run whose deletion fails. */
  refuseDelete: string | undefined;

  constructor(kind: string, storage: Storage, runs: () => Runs) {
    this.#kind = kind;
    this.#storage = storage;
    this.#runs = runs;
  }

  get subscriberCount(): number {
    return [...this.#tasks.values()].reduce((sum, { subscribers }) => sum + subscribers.size, 0);
  }

  async start(request: RunRequest, options: RunStartOptions): Promise<void> {
    if (request.input === "refused") throw new RunInputError(422, "invalid-run-input", "input", "Not this.");
    this.started.push({ request, options });
    await this.beforeCommit();
    const { agent = "coder", budget } = request;
    const begun = { agent, ...(budget === undefined ? {} : { budget }) };
    await this.begin(options.runId, options.owner, options.parentId, begun, options.joined);
  }

  /** Begins a run as an executor does that was asked by somebody else. */
  async begin(
    id: string,
    owner: string,
    parentId: string | null = null,
    { agent = "coder", title = agent, status = "running", ...bounds }: Begun = {},
    joined: RunStartOptions["joined"] = [],
  ): Promise<void> {
    const draft = {
      id,
      kind: this.#kind,
      owner,
      title,
      parentId,
      agent,
      conversationId: null,
      turnId: null,
      status,
      ...bounds,
    };
    const puts = [{ key: [id], value: "begun" as JsonValue }];
    const outcome = await this.#storage.commit({ puts }, this.#runs().begin(draft), ...joined);
    if (outcome.kind === "conflict") throw new AppendConflictError(id);
    this.#tasks.set(id, { entries: [], subscribers: new Set() });
    this.say(id);
  }

  /** Adds one entry to the log, and shows it. */
  say(id: string): void {
    const task = this.#taskOf(id);
    const seq = task.entries.length + 1;
    const entry: Entry = { type: "turn-sealed", conversationId: id, turnId: id, seq, atMs: seq };
    task.entries.push(entry);
    for (const { onEvent } of [...task.subscribers]) onEvent(entry, () => JSON.stringify(entry));
  }

  /** Notes what it does from now on. False where there was nothing to note. */
  async note(id: string, status: Parameters<Runs["note"]>[1]): Promise<boolean> {
    const noted = await this.#runs().note(id, status);
    if (noted !== undefined) await this.#storage.commit({}, noted);
    return noted !== undefined;
  }

  async end(id: string, status: RunEnding["status"] = "succeeded", result: JsonValue = null): Promise<void> {
    const ended = await this.#runs().end(id, { status, usage: null, result, error: null });
    if (ended === undefined) return;
    await this.#storage.commit({}, ended);
    for (const subscriber of this.#taskOf(id).subscribers) subscriber.onEnd("over");
  }

  async stop(run: Run): Promise<void> {
    this.stopped.push(run.id);
    await this.onStop(run);
  }

  subscribe(run: Run, afterSeq: number, subscriber: RunSubscriber): () => void {
    const { entries, subscribers } = this.#taskOf(run.id);
    const begin = async (): Promise<void> => {
      await Promise.resolve();
      if (!subscribers.has(subscriber)) return;
      for (const entry of entries.slice(afterSeq)) subscriber.onEvent(entry, () => JSON.stringify(entry));
      if (run.endedAtMs !== null) subscriber.onEnd("over");
    };
    subscribers.add(subscriber);
    void begin();
    return () => void subscribers.delete(subscriber);
  }

  async lastSeq(run: Run): Promise<number> {
    return this.#taskOf(run.id).entries.length;
  }

  async entries(
    run: Run,
    page: { readonly afterSeq: number; readonly limit: number },
  ): Promise<readonly Entry[]> {
    return this.#taskOf(run.id).entries.slice(page.afterSeq, page.afterSeq + page.limit);
  }

  async delete(run: Run): Promise<void> {
    if (run.id === this.refuseDelete) throw new Error("The test refuses it.");
    this.deleted.push(run.id);
  }

  /** A task of an earlier process is known by its run alone. */
  #taskOf(id: string): Task {
    const task = this.#tasks.get(id) ?? { entries: [], subscribers: new Set() };
    this.#tasks.set(id, task);
    return task;
  }
}
