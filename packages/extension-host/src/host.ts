// The extension host: starts what was found, keeps what fails away from the rest, and undoes everything at the end.
//
// Invariants
//   H1  Extensions start one after the other, each after those whose services it needs.
//   H2  Nobody sees what an extension offers or contributes before the extension is active, nor after it was closed.
//   H3  Nothing that an extension throws, rejects with or never settles gets past its own line in the report.
//   H4  Extensions are closed newest first, each within its time; a failure does not stop the next.
import {
  type ContributionPoint,
  type Contributions,
  createLogger,
  type ExtensionReport,
  ExtensionReportService,
  type ExtensionState,
  type Logger,
  type LoggerDesk,
  LogSinks,
  type Redactor,
  Scope,
  type TimersPower,
  type Token,
} from "@lathe/kernel";
import { activateExtension, closeExtension, type Limits, type Prepared } from "./activation.ts";
import { type Powers, Services } from "./composition.ts";
import { resolveConfig } from "./config.ts";
import { ContributionLists, viewOf } from "./contribution-lists.ts";
import { ConfigError, HostStoppedError, ServiceUnavailableError } from "./errors.ts";
import { ExtensionView, type Stage } from "./extension-view.ts";
import { failureText } from "./failure-text.ts";
import { LogFan } from "./log-fan.ts";
import { hostId, type Manifest } from "./manifest.ts";
import { lackSentence, type Offerer, type Plan, planOrder } from "./order.ts";
import { Report } from "./report.ts";
import { type FoundExtension, surveyFound } from "./survey.ts";

export interface ExtensionHostOptions {
  /** Where two have one id, or offer one service, the earlier one wins and the other is refused. */
  readonly found: readonly FoundExtension[];
  /** What can be handed out. A manifest that asks for anything else is refused. */
  readonly powers: Powers;
  /** The part of the configuration that belongs to extensions, by their ids. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Ids (or, where a manifest cannot be read, folders) of extensions that are not to be started. */
  readonly disabled?: readonly string[];
  readonly timers: TimersPower;
  /** What the loggers are made with; their sink is the host's, which writes to every contributed one. */
  readonly logging: Omit<LoggerDesk, "sink">;
  /** Takes secrets out of every record before a sink sees it, and out of the report; nobody does where absent. */
  readonly redactor?: Redactor;
  /** How long one `activate` may take; 10,000 where absent. */
  readonly activationTimeoutMs?: number;
  /** How long undoing one extension may take; 10,000 where absent. */
  readonly releaseTimeoutMs?: number;
  /** Stops the start: what was started is undone, and opening rejects with HostStoppedError. */
  readonly signal?: AbortSignal;
}

/** The host as the composition sees it. */
export interface ExtensionHost {
  /** How each found extension is doing, by id. */
  report(): readonly ExtensionState[];
  /**
   * A service that an active extension offers, as the given consumer sees it; as the host does where absent.
   * Throws ServiceUnavailableError, and ServiceFailedError.
   */
  use<T>(service: Token<T>, consumerId?: string): T;
  /** What was contributed to a point. Its listeners stay until they are released. */
  contributions<T>(point: ContributionPoint<T>): Contributions<T>;
  /** Writes in the name of the host. */
  readonly logger: Logger;
  /** Logs, in the extension's name, something that it threw where the composition called it. */
  reportFailure(extensionId: string, failure: unknown): void;
  /** How many records a sink failed to take, by the id of the sink's extension; without those that failed at none. */
  sinkFailureCounts(): ReadonlyMap<string, number>;
  /** How many records no sink was given, because the redactor threw at them. */
  unredactedCount(): number;
  /** Undoes everything, newest extension first. A second call answers with the same promise. It never rejects. */
  close(): Promise<readonly ReleaseFailure[]>;
}

/** Something that could not be undone. */
export interface ReleaseFailure {
  readonly extensionId: string;
  readonly failure: unknown;
}

/**
 * Starts the extensions and settles when each of them is active or has its reason in the report.
 *
 * An extension that cannot start does not make this reject. Throws HostStoppedError, when everything is undone.
 */
export async function openExtensionHost(options: ExtensionHostOptions): Promise<ExtensionHost> {
  const host = new OpenHost(options);
  await host.start();
  return host;
}

interface Started {
  readonly id: string;
  readonly scope: Scope;
  stage: Stage;
}

class OpenHost implements ExtensionHost {
  readonly logger: Logger;
  readonly #options: ExtensionHostOptions;
  readonly #services = new Services();
  readonly #lists: ContributionLists;
  readonly #fan: LogFan;
  readonly #limits: Limits;
  readonly #report: Report;
  readonly #started: Started[] = [];
  /** Who is told when all are started; undefined from then on. */
  #waiting: Map<() => void, string> | undefined = new Map();
  #closing: Promise<readonly ReleaseFailure[]> | undefined;

  constructor(options: ExtensionHostOptions) {
    const report = (extensionId: string, failure: unknown): void => this.reportFailure(extensionId, failure);
    this.#options = options;
    this.#lists = new ContributionLists(report);
    const sinks = this.#lists.list(LogSinks.name);
    this.#fan = new LogFan(sinks, options.redactor, report);
    sinks.listen(hostId, () => this.#fan.catchUp());
    this.logger = this.#loggerOf(hostId);
    this.#limits = {
      timers: options.timers,
      activationTimeoutMs: options.activationTimeoutMs ?? 10_000,
      releaseTimeoutMs: options.releaseTimeoutMs ?? 10_000,
      signal: options.signal,
      onLateFailure: report,
    };
    const lines = surveyFound(options.found, options.disabled ?? [], options.powers);
    this.#report = new Report(lines, this.logger, options.redactor);
    const itself: ExtensionReport = Object.freeze({ extensions: () => this.report() });
    this.#services.offer(hostId, ExtensionReportService.name, () => itself);
    this.#services.show(hostId);
  }

  async start(): Promise<void> {
    const { config = {}, disabled = [], signal } = this.#options;
    this.#report.warnOfStrangers([...Object.keys(config), ...disabled]);
    for (const state of this.#report.refused()) this.#report.tell(state);
    const plan = this.#plan();
    const prepared = plan.order.map((manifest) => ({ manifest, ready: this.#prepare(manifest) }));
    for (const { manifest, ready } of prepared) {
      if (signal?.aborted !== true) await this.#startOne(manifest, ready, plan);
    }
    this.#fan.stopKeeping();
    if (signal?.aborted !== true) return this.#announceStarted();
    await this.close();
    throw new HostStoppedError({ cause: signal.reason });
  }

  report(): readonly ExtensionState[] {
    return this.#report.states();
  }

  use<T>(service: Token<T>, consumerId: string = hostId): T {
    const found = this.#services.find(service.name, consumerId);
    if (found === undefined) throw new ServiceUnavailableError(consumerId, service.name);
    return found as T;
  }

  contributions<T>(point: ContributionPoint<T>): Contributions<T> {
    return viewOf(this.#lists.list(point.name), hostId, (release) => release);
  }

  reportFailure(extensionId: string, failure: unknown): void {
    this.#loggerOf(extensionId).log("error", failureText(failure), { code: codeOf(failure) });
  }

  sinkFailureCounts(): ReadonlyMap<string, number> {
    return this.#fan.failureCounts();
  }

  unredactedCount(): number {
    return this.#fan.unredactedCount;
  }

  close(): Promise<readonly ReleaseFailure[]> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  #loggerOf(source: string): Logger {
    return Object.freeze(createLogger(source, { ...this.#options.logging, sink: this.#fan }));
  }

  #plan(): Plan {
    const plan = planOrder({
      manifests: this.#report.standing(),
      disabled: this.#report.disabled(),
      hostServices: [ExtensionReportService.name],
    });
    for (const [id, reason] of plan.refused) this.#report.set(id, "refused", reason);
    for (const [id, reason] of plan.missing) this.#report.set(id, "missing", reason);
    return plan;
  }

  /** Checks the configuration and imports the module; the extensions do this side by side. */
  #prepare(manifest: Manifest): Promise<Prepared> {
    const prepare = async (): Promise<Prepared> => {
      const given = this.#options.config ?? {};
      const part = Object.hasOwn(given, manifest.id) ? given[manifest.id] : undefined;
      const config = await resolveConfig(manifest, part);
      return { config, module: await this.#report.line(manifest.id)?.found.load(manifest.entry) };
    };
    const prepared = prepare();
    // Its failure is read when its turn has come, and never where it is not reached.
    prepared.catch(() => undefined);
    return prepared;
  }

  async #startOne(manifest: Manifest, prepared: Promise<Prepared>, plan: Plan): Promise<void> {
    const { id } = manifest;
    const lack = this.#lackOf(manifest, plan);
    if (lack !== undefined) return this.#report.set(id, "missing", lack);
    const started: Started = { id, scope: new Scope(), stage: "starting" };
    this.#started.push(started);
    const beganMs = this.#options.logging.monotonicMs();
    const createHost = (config: Prepared["config"]): ExtensionView => this.#view(manifest, config, started);
    const hasOffered = (service: string): boolean => this.#services.offers(id, service);
    const activation = await activateExtension(
      { manifest, scope: started.scope, prepared, createHost, hasOffered },
      this.#limits,
    );
    const tookMs = this.#options.logging.monotonicMs() - beganMs;
    if (activation.kind === "active") this.#show(started, tookMs);
    else this.#fail(started, activation.cause, activation.releaseFailures);
  }

  #view(manifest: Manifest, config: Prepared["config"], started: Started): ExtensionView {
    return new ExtensionView({
      manifest,
      config,
      logger: this.#loggerOf(manifest.id),
      scope: started.scope,
      services: this.#services,
      lists: this.#lists,
      powers: this.#options.powers,
      stage: () => started.stage,
      onStarted: (listener) => this.#onStarted(manifest.id, listener),
    });
  }

  #show(started: Started, tookMs: number): void {
    started.stage = "active";
    this.#services.show(started.id);
    this.#lists.show(started.id);
    this.#report.set(started.id, "active", null, tookMs);
  }

  #onStarted(id: string, listener: () => void): () => void {
    // Each has a wrapper of its own: one function may be given twice.
    const own = (): void => listener();
    if (this.#waiting === undefined) this.#tellStarted(id, own);
    else this.#waiting.set(own, id);
    return () => void this.#waiting?.delete(own);
  }

  #announceStarted(): void {
    const waiting = this.#waiting ?? new Map<() => void, string>();
    this.#waiting = undefined;
    for (const [listener, id] of waiting) this.#tellStarted(id, listener);
  }

  #tellStarted(id: string, listener: () => void): void {
    try {
      listener();
    } catch (failure) {
      this.reportFailure(id, failure);
    }
  }

  #fail(started: Started, cause: unknown, releaseFailures: readonly unknown[]): void {
    this.#started.splice(this.#started.indexOf(started), 1);
    this.#forget(started);
    for (const failure of releaseFailures) this.reportFailure(started.id, failure);
    const undone =
      releaseFailures.length === 0 ? "" : " Not all that it had begun could be undone; the log has more.";
    const kind = cause instanceof ConfigError ? "refused" : "failed";
    this.#report.set(started.id, kind, `${failureText(cause)}${undone}`);
  }

  /** Also where a release hung, and those before it never ran. */
  #forget(started: Started): void {
    started.stage = "closed";
    this.#services.withdraw(started.id);
    this.#lists.withdraw(started.id);
  }

  async #closeAll(): Promise<readonly ReleaseFailure[]> {
    const all: ReleaseFailure[] = [];
    for (let started = this.#started.pop(); started !== undefined; started = this.#started.pop()) {
      const { id, scope } = started;
      const failures = await closeExtension(id, scope, this.#limits);
      this.#forget(started);
      for (const failure of failures) {
        this.reportFailure(id, failure);
        all.push({ extensionId: id, failure });
      }
    }
    return all;
  }

  #lackOf({ id, needs }: Manifest, plan: Plan): string | undefined {
    for (const service of needs) {
      const offerer = this.#report.line(plan.offeredBy.get(service) ?? "")?.state;
      if (offerer === undefined || offerer.kind === "active") continue;
      return lackSentence(id, service, offerer as Offerer);
    }
    return undefined;
  }
}

function codeOf(failure: unknown): string | null {
  try {
    const code: unknown = failure instanceof Error && "code" in failure ? failure.code : null;
    return typeof code === "string" ? code : null;
  } catch {
    return null;
  }
}
