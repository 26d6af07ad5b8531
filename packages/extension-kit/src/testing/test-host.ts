// Boots one extension through the real extension host, with fakes for what it needs.
import {
  type ExtensionHost,
  type FoundExtension,
  kernelApiVersion,
  openExtensionHost,
  type Powers,
} from "@lathe/extension-host";
import {
  type Activate,
  type ContributionPoint,
  type Contributions,
  type ExtensionState,
  LogSinks,
  type SpanRecord,
  type Token,
} from "@lathe/kernel";
import { type FakeClock, type FakeTimers, fakeClock, fakeTimers } from "./fake-time.ts";
import { fixedEnvironment } from "./fixed-environment.ts";
import { realClock, realTimers } from "./real-time.ts";
import { recordingSink } from "./recording-sink.ts";
import { sequentialIds } from "./sequential-ids.ts";
import { openTemporaryStateFolder } from "./temporary-state-folder.ts";
import { testNetwork } from "./test-network.ts";

export interface TestHostOptions {
  /** What manifest.json parses to. */
  readonly manifest: unknown;
  readonly activate: Activate;
  /** The extension's own part of the configuration. */
  readonly config?: unknown;
  /** Services that the extension needs or wants; see `fakeService`. */
  readonly services?: readonly FakeService[];
  /** What is contributed besides by the extension; see `fakeContribution`. */
  readonly contributions?: readonly FakeContribution[];
  /**
   * Powers by name, instead of the fakes: a clock that stands still, ids that count, timers that move with
   * `advance`, a temporary state folder, real HTTP, `environment` below, and a `fatal` that is recorded.
   */
  readonly powers?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** How long `activate` may take, in real time; 10,000 where absent. */
  readonly activationTimeoutMs?: number;
  /** Opens also where the extension did not become active, for tests of how it fails. */
  readonly mayFail?: boolean;
}

export interface TestHost extends AsyncDisposable {
  /** How the extension is doing. */
  readonly state: ExtensionState;
  /** The fakes behind `clock` and `timers`, where `powers` did not replace them. */
  readonly clock: FakeClock;
  readonly timers: FakeTimers;
  /** What was logged, by everyone. */
  readonly records: readonly SpanRecord[];
  /** What the extension called the process lost for. */
  readonly fatalReasons: readonly Error[];
  /** A service that the extension offers, as the given consumer sees it. */
  use<T>(service: Token<T>, consumerId?: string): T;
  contributions<T>(point: ContributionPoint<T>): Contributions<T>;
  /** Undoes everything. Throws AggregateError when something could not be undone. */
  close(): Promise<void>;
}

export interface FakeService {
  readonly service: Token<unknown>;
  readonly implementation: unknown;
}

export interface FakeContribution {
  readonly point: ContributionPoint<unknown>;
  readonly name: string;
  readonly item: unknown;
}

export function fakeService<T>(service: Token<T>, implementation: T): FakeService {
  return { service, implementation };
}

export function fakeContribution<T>(point: ContributionPoint<T>, name: string, item: T): FakeContribution {
  return { point, name, item };
}

/** Starts the extension. Throws, with the host's sentence, when it did not become active. */
export async function openTestHost(options: TestHostOptions): Promise<TestHost> {
  const sink = recordingSink();
  const fakes = [...(options.contributions ?? []), fakeContribution(LogSinks, "test-records", sink)];
  const surroundings = createSurroundings(options);
  const host = await openExtensionHost({
    found: [foundFakes(options.services ?? [], fakes), foundSubject(options)],
    powers: surroundings.powers,
    config: configOf(options),
    timers: realTimers(),
    logging: { ...realClock(), ...countedSpanIds() },
    ...(options.activationTimeoutMs === undefined
      ? {}
      : { activationTimeoutMs: options.activationTimeoutMs }),
  });
  const close = (): Promise<void> => closeAll(host, surroundings.removeFolder);
  const state = stateOfSubject(host);
  if (state.kind !== "active" && options.mayFail !== true) {
    await close();
    throw new Error(`The extension is ${state.kind}: ${state.reason}`);
  }
  return {
    get state() {
      return stateOfSubject(host);
    },
    clock: surroundings.clock,
    timers: surroundings.timers,
    records: sink.records,
    fatalReasons: surroundings.fatalReasons,
    use: (service, consumerId) => host.use(service, consumerId),
    contributions: (point) => host.contributions(point),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Surroundings {
  readonly powers: Powers;
  readonly clock: FakeClock;
  readonly timers: FakeTimers;
  readonly fatalReasons: readonly Error[];
  readonly removeFolder: () => void;
}

function createSurroundings(options: TestHostOptions): Surroundings {
  const clock = fakeClock();
  const timers = fakeTimers(clock);
  const ids = sequentialIds();
  const fatalReasons: Error[] = [];
  let removeFolder = (): void => undefined;
  const makeFolder = (): unknown => {
    const { power, release } = openTemporaryStateFolder();
    removeFolder = () => void release();
    return power;
  };
  const given = Object.entries(options.powers ?? {}).map(([name, value]) => [name, () => value] as const);
  const powers: Powers = {
    clock: () => clock,
    ids: () => ids,
    timers: () => timers,
    "state-folder": makeFolder,
    network: () => testNetwork(),
    environment: (_id, granted) => fixedEnvironment(options.environment ?? {}, granted),
    fatal: () => (reason: Error) => void fatalReasons.push(reason),
    failpoints: () => () => undefined,
    ...Object.fromEntries(given),
  };
  return { powers, clock, timers, fatalReasons, removeFolder: () => removeFolder() };
}

const fakesFolder = "a-fakes";

function foundSubject({ manifest, activate }: TestHostOptions): FoundExtension {
  return {
    folder: "the-extension-under-test",
    manifest: { kind: "json", json: manifest },
    load: async () => ({ activate }),
  };
}

// Its id comes first among those that need nothing, so that the fakes are there whenever the extension looks.
function foundFakes(
  services: readonly FakeService[],
  contributions: readonly FakeContribution[],
): FoundExtension {
  const contributes: Record<string, string[]> = {};
  for (const { point } of contributions) contributes[point.name] = ["*"];
  const manifest = {
    id: fakesFolder,
    version: "0.1.0",
    kernel: kernelApiVersion,
    description: "What the extension under test finds around it.",
    entry: "./fakes.ts",
    offers: services.map(({ service }) => service.name),
    contributes,
  };
  const activate: Activate = (host) => {
    for (const { service, implementation } of services) host.offer(service, implementation);
    for (const { point, name, item } of contributions) host.contribute(point, name, item);
  };
  return {
    folder: fakesFolder,
    manifest: { kind: "json", json: manifest },
    load: async () => ({ activate }),
  };
}

function configOf({ manifest, config }: TestHostOptions): Record<string, unknown> {
  const id = typeof manifest === "object" && manifest !== null && "id" in manifest ? manifest.id : "";
  return config === undefined ? {} : { [String(id)]: config };
}

function stateOfSubject(host: ExtensionHost): ExtensionState {
  const state = host.report().find(({ id }) => id !== fakesFolder);
  if (state === undefined) throw new Error("The host reports nothing about the extension under test.");
  return state;
}

async function closeAll(host: ExtensionHost, removeFolder: () => void): Promise<void> {
  const failures = await host.close();
  removeFolder();
  if (failures.length === 0) return;
  const sentences = failures.map(({ extensionId, failure }) => `${extensionId}: ${String(failure)}`);
  throw new AggregateError(
    failures.map(({ failure }) => failure),
    `Not everything could be undone. ${sentences.join("; ")}`,
  );
}

function countedSpanIds(): { readonly newTraceId: () => string; readonly newSpanId: () => string } {
  let count = 0;
  const next = (digits: number): string => {
    count += 1;
    return count.toString(16).padStart(digits, "0");
  };
  return { newTraceId: () => next(32), newSpanId: () => next(16) };
}
