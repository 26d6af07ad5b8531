// The extension in a test host, with one kind of run and callers of different rights.
import {
  fakeContribution,
  fakeService,
  type MemoryStorage,
  openMemoryStorage,
  openTestHost,
  type TestHost,
} from "@lathe/extension-kit/testing";
import {
  type IdsPower,
  RunKinds,
  type Runs,
  RunsService,
  type Storage,
  StorageService,
  type StreamEvent,
} from "@lathe/kernel";
import {
  type AnyOperation,
  type Call,
  Operations,
  type Principal,
  type Problem,
  ProblemError,
} from "@lathe/wire";
import { type GenericSchema, parse } from "valibot";
import manifest from "../../manifest.json" with { type: "json" };
import { activate } from "../extension.ts";
import { TaskRuns } from "./task-runs.ts";

export const ann: Principal = { id: "ann", scopes: ["read", "write"] };
export const bob: Principal = { id: "bob", scopes: ["read", "write"] };
export const root: Principal = { id: "root", scopes: ["read", "write", "admin"] };

export interface StageOptions {
  /** A store that holds something already. */
  readonly memory?: MemoryStorage;
  readonly config?: object;
  /** Stands between the registry and its store. */
  readonly wrap?: (storage: Storage) => Storage;
  /** Without any kind. */
  readonly withoutKind?: boolean;
}

export interface Caller {
  readonly principal?: Principal;
  readonly idempotencyKey?: string;
  readonly lastEventId?: string;
}

export interface Stage extends AsyncDisposable {
  readonly host: TestHost;
  readonly memory: MemoryStorage;
  /** The registry's own namespace, without what stands before it. */
  readonly storage: Storage;
  readonly runs: Runs;
  readonly tasks: TaskRuns;
  /** The kinds `workflow` and `turn`. */
  readonly workflows: TaskRuns;
  readonly turns: TaskRuns;
  /** Calls an operation as a transport does, as ann where nobody else is named. */
  ask<Output>(name: string, input: object, caller?: Caller): Promise<Output>;
  /** The problem that it is answered with. */
  problemOf(name: string, input: object, caller?: Caller): Promise<Problem>;
  /** Follows an operation; undefined where there is nothing to follow. */
  follow(name: string, input: object, caller?: Caller): Promise<Followed | undefined>;
}

// Ids count on over restarts, as real ones do.
let idCount = 0;
export const ids: IdsPower = { newId: (prefix) => `${prefix}_${String(++idCount).padStart(32, "0")}` };

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const memory = options.memory ?? openMemoryStorage();
  const storage = memory.namespace(manifest.id);
  const kindOf = (name: string): TaskRuns =>
    new TaskRuns(name, memory.namespace(`${name}s`), () => host.use(RunsService));
  const tasks = kindOf("task");
  const workflows = kindOf("workflow");
  const turns = kindOf("turn");
  const all = Object.entries({ task: tasks, workflow: workflows, turn: turns });
  const kinds =
    options.withoutKind === true ? [] : all.map(([name, kind]) => fakeContribution(RunKinds, name, kind));
  const host: TestHost = await openTestHost({
    manifest,
    activate,
    config: options.config ?? {},
    services: [fakeService(StorageService, options.wrap?.(storage) ?? storage)],
    contributions: kinds,
    powers: { ids },
  });
  const operationOf = (name: string): AnyOperation =>
    host.contributions(Operations).get(name) as AnyOperation;
  const ask = async (name: string, input: object, caller: Caller = {}): Promise<unknown> => {
    const operation = operationOf(name);
    const parsed = parse(operation.input as GenericSchema, input);
    return parse(operation.output as GenericSchema, await operation.run(parsed, callOf(caller)));
  };
  return {
    host,
    memory,
    storage,
    runs: host.use(RunsService),
    tasks,
    workflows,
    turns,
    ask: ask as Stage["ask"],
    problemOf: async (name, input, caller) => {
      const failure: unknown = await ask(name, input, caller).then(
        (output) => new Error(`It was answered: ${JSON.stringify(output)}`),
        (cause: unknown) => cause,
      );
      if (failure instanceof ProblemError) return failure.toProblem();
      throw failure;
    },
    follow: async (name, input, caller = {}) => {
      const operation = operationOf(name);
      const parsed = parse(operation.input as GenericSchema, input);
      const output = await operation.run(parsed, callOf(caller));
      const stream = operation.follow?.(parsed, output, callOf(caller));
      return stream === undefined ? undefined : new Followed(stream);
    },
    [Symbol.asyncDispose]: () => host.close(),
  };
}

function callOf({ principal = ann, ...rest }: Caller): Call {
  return { principal, signal: new AbortController().signal, ...rest };
}

/** What a stream delivers. */
export class Followed {
  readonly events: StreamEvent[] = [];
  readonly stop: () => void;
  /** Settles when the stream has ended, with its problem where it has one. */
  readonly ended: Promise<Problem | undefined>;

  constructor(stream: NonNullable<ReturnType<NonNullable<AnyOperation["follow"]>>>) {
    const { promise, resolve } = Promise.withResolvers<Problem | undefined>();
    this.ended = promise;
    let stop: (() => void) | undefined;
    // As transports do it: a stream is stopped once, whoever ends it.
    this.stop = () => {
      stop?.();
      stop = undefined;
    };
    stop = stream({
      event: (event) => void this.events.push(event),
      end: (problem) => {
        this.stop();
        resolve(problem);
      },
    });
  }

  get shown(): readonly (number | string)[] {
    return this.events.map((event) => ("seq" in event ? event.seq : event.type));
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
