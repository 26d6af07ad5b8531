// What the tests of this package share: extensions made of a few words, and a host around them.
import type { Activate, ContributionPoint, SpanRecord, TimersPower, Token } from "@lathe/kernel";
import { contributionPoint, LogSinks, token } from "@lathe/kernel";
import { type ExtensionHost, type ExtensionHostOptions, openExtensionHost } from "../host.ts";
import { type Manifest, parseManifest } from "../manifest.ts";
import type { FoundExtension } from "../survey.ts";

export interface Greeter {
  greet(): string;
}
export const Greeting: Token<Greeter> = token<Greeter>("greeting");
export const Words: ContributionPoint<string> = contributionPoint<string>("words");

type ManifestJson = Readonly<Record<string, unknown>>;

/** A manifest as a file would have it. */
export function manifestJson(id: string, more: ManifestJson = {}): ManifestJson {
  const always = {
    version: "1.0.0",
    kernel: "^0.1.0",
    description: `Is ${id}.`,
    entry: "./src/extension.ts",
  };
  return { id, ...always, ...more };
}

export function manifestOf(id: string, more: ManifestJson = {}): Manifest {
  return parseManifest(id, manifestJson(id, more));
}

export function found(
  id: string,
  more: ManifestJson = {},
  activate: Activate = () => undefined,
): FoundExtension {
  return {
    folder: id,
    manifest: { kind: "json", json: manifestJson(id, more) },
    load: async () => ({ activate }),
  };
}

/** An extension that takes down every record. It comes first, unless it needs somebody. */
export function foundSink(records: SpanRecord[], needs: readonly string[] = []): FoundExtension {
  return found("z-sink", { contributes: { "log-sinks": ["records"] }, needs }, (host) => {
    host.contribute(LogSinks, "records", { write: (record) => void records.push(record) });
  });
}

/** Timers that fire when a test says so. */
export interface ManualTimers extends TimersPower {
  waitingMs(): readonly number[];
  /** Calls back everything that waits. */
  fire(): void;
}

export function manualTimers(): ManualTimers {
  const waiting = new Map<() => void, number>();
  return {
    sleep: () => new Promise(() => undefined),
    after: (ms, callback) => {
      const once = (): void => callback();
      waiting.set(once, ms);
      return () => void waiting.delete(once);
    },
    waitingMs: () => [...waiting.values()],
    fire: () => {
      const due = [...waiting.keys()];
      waiting.clear();
      for (const callback of due) callback();
    },
  };
}

export function optionsOf(
  extensions: readonly FoundExtension[],
  more: Partial<ExtensionHostOptions> = {},
): ExtensionHostOptions {
  let count = 0;
  const next = (): string => {
    count += 1;
    return String(count);
  };
  const logging = { nowMs: () => count, monotonicMs: () => count, newTraceId: next, newSpanId: next };
  return { found: extensions, powers: {}, timers: manualTimers(), logging, ...more };
}

export function openHost(
  extensions: readonly FoundExtension[],
  more: Partial<ExtensionHostOptions> = {},
): Promise<ExtensionHost> {
  return openExtensionHost(optionsOf(extensions, more));
}

/** `id: kind` of every extension, with the reason where there is one. */
export function lines(host: ExtensionHost): readonly string[] {
  return host
    .report()
    .map(({ id, kind, reason }) => (reason === null ? `${id}: ${kind}` : `${id}: ${kind}: ${reason}`));
}

/** Lets promises that can go on go on. */
export function letRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
