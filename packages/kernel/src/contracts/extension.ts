import type { Logger } from "../logging/span.ts";
import type { Release, Scope } from "../scope.ts";
import { type ContributionPoint, type Power, type Token, token } from "../token.ts";
import type { JsonValue } from "./json.ts";

/**
 * What an extension's entry exports as `activate`. It wires and returns; what it started it hands to the scope.
 * A throw or a rejection makes the extension `failed`: its scope is closed and the others go on.
 */
export type Activate = (host: Host, scope: Scope) => void | Promise<void>;

/** The host as one extension sees it. Every answer is checked against the extension's manifest. */
export interface Host {
  /** The manifest's id. */
  readonly id: string;
  /** The extension's own part of the configuration, checked against the manifest's schema, defaults filled in. */
  readonly config: JsonValue;
  readonly logger: Logger;

  /** A service that the manifest `needs`. Throws UndeclaredNeedError. */
  use<T>(service: Token<T>): T;
  /** A service that the manifest `wants`; undefined where nobody offers it. Throws UndeclaredNeedError. */
  find<T>(service: Token<T>): T | undefined;
  /** Offers a service of the manifest's `offers`. Undone with the scope. */
  offer<T>(service: Token<T>, implementation: T): Release;
  /** As `offer`, with a value of its own for each extension that uses it, made at its first use. */
  offerEach<T>(service: Token<T>, make: (consumerId: string) => T): Release;

  /** Adds an item under a name that the manifest lists. Throws when another holds the name. Undone with the scope. */
  contribute<T>(point: ContributionPoint<T>, name: string, item: T): Release;
  /** What everyone contributed to a point that the manifest `collects`; a live view. */
  collect<T>(point: ContributionPoint<T>): Contributions<T>;

  /**
   * Calls back once, when every extension that was found is active or has its reason in the report: from then on all
   * contributions are there. At once where that is so already. Undone with the scope.
   */
  onStarted(listener: () => void): Release;

  /** A power that the manifest's `permissions` ask for. Throws PermissionError. */
  power<T>(power: Power<T>): T;
}

/** A live view of what was contributed, in order of name. */
export interface Contributions<T> {
  all(): readonly Contribution<T>[];
  get(name: string): T | undefined;
  /** Calls back after each change. Returns how to stop; undone with the scope as well. */
  onChanged(listener: () => void): Release;
}

export interface Contribution<T> {
  readonly name: string;
  readonly extensionId: string;
  readonly item: T;
}

/** How each extension that was found is doing. */
export interface ExtensionReport {
  extensions(): readonly ExtensionState[];
}

export interface ExtensionState {
  readonly id: string;
  /** `null` where the manifest could not be read. */
  readonly version: string | null;
  readonly description: string | null;
  readonly kind: "active" | "missing" | "failed" | "refused" | "disabled";
  /** One sentence that names who and why; `null` where it is active. */
  readonly reason: string | null;
  readonly needs: readonly string[];
  readonly offers: readonly string[];
  readonly contributes: Readonly<Record<string, readonly string[]>>;
  readonly permissions: readonly string[];
  readonly activationMs: number | null;
}

/** Offered by the host itself. */
export const ExtensionReportService: Token<ExtensionReport> = token<ExtensionReport>("extension-report");
