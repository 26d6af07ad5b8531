// The host as one extension sees it. Every call is checked against the manifest; a refusal is logged in the
// extension's name and thrown at it.
import type {
  ContributionPoint,
  Contributions,
  Host,
  JsonValue,
  Logger,
  Power,
  Release,
  Scope,
  Token,
} from "@lathe/kernel";
import { createReach, type Powers, type Reach, type Services } from "./composition.ts";
import { type ContributionLists, viewOf } from "./contribution-lists.ts";
import {
  ExtensionClosedError,
  type ExtensionHostError,
  PermissionError,
  ServiceUnavailableError,
  UndeclaredCollectionError,
  UndeclaredContributionError,
  UndeclaredNeedError,
  UndeclaredOfferError,
} from "./errors.ts";
import type { Manifest } from "./manifest.ts";

/** What a view is made of. */
export interface ViewParts {
  readonly manifest: Manifest;
  readonly config: JsonValue;
  readonly logger: Logger;
  readonly scope: Scope;
  readonly services: Services;
  readonly lists: ContributionLists;
  readonly powers: Powers;
  readonly stage: () => Stage;
  readonly onStarted: (listener: () => void) => Release;
}

/** While it is starting nobody sees what it adds; once it is closed it reaches nothing. */
export type Stage = "starting" | "active" | "closed";

export class ExtensionView implements Host {
  readonly id: string;
  readonly config: JsonValue;
  readonly logger: Logger;
  readonly #parts: ViewParts;
  readonly #reach: Reach;

  constructor(parts: ViewParts) {
    this.id = parts.manifest.id;
    this.config = parts.config;
    this.logger = parts.logger;
    this.#parts = parts;
    this.#reach = createReach(parts.manifest, parts.services, parts.powers);
    Object.freeze(this);
  }

  use<T>(service: Token<T>): T {
    const { needs, wants } = this.#parts.manifest;
    if (!needs.includes(service.name)) {
      const declaredAs = wants.includes(service.name) ? "wants" : "nothing";
      throw this.#denied(new UndeclaredNeedError(this.id, service.name, declaredAs));
    }
    this.#refuseWhenGone(`use ${service.name}`);
    const found = this.#reach.service(service);
    if (found === undefined) throw new ServiceUnavailableError(this.id, service.name);
    return found;
  }

  find<T>(service: Token<T>): T | undefined {
    const { needs, wants } = this.#parts.manifest;
    if (!needs.includes(service.name) && !wants.includes(service.name))
      throw this.#denied(new UndeclaredNeedError(this.id, service.name, "nothing"));
    this.#refuseWhenGone(`use ${service.name}`);
    return this.#reach.service(service);
  }

  offer<T>(service: Token<T>, implementation: T): Release {
    return this.offerEach(service, () => implementation);
  }

  offerEach<T>(service: Token<T>, make: (consumerId: string) => T): Release {
    const { manifest, services, scope } = this.#parts;
    if (!manifest.offers.includes(service.name))
      throw this.#denied(new UndeclaredOfferError(this.id, service.name));
    if (scope.closed) throw new ExtensionClosedError(this.id, `offer ${service.name}`);
    const release = scope.own(services.offer(this.id, service.name, make));
    if (this.#parts.stage() === "active") services.show(this.id);
    return release;
  }

  contribute<T>(point: ContributionPoint<T>, name: string, item: T): Release {
    const { manifest, lists, scope, stage } = this.#parts;
    if (!mayContribute(manifest, point.name, name))
      throw this.#denied(new UndeclaredContributionError(this.id, point.name, name));
    if (scope.closed) throw new ExtensionClosedError(this.id, `contribute "${name}" to ${point.name}`);
    return scope.own(lists.list(point.name).add(this.id, name, item, stage() === "active"));
  }

  collect<T>(point: ContributionPoint<T>): Contributions<T> {
    const { manifest, lists, scope } = this.#parts;
    if (!manifest.collects.includes(point.name))
      throw this.#denied(new UndeclaredCollectionError(this.id, point.name));
    return viewOf(lists.list(point.name), this.id, (release) => scope.own(release));
  }

  onStarted(listener: () => void): Release {
    return this.#parts.scope.own(this.#parts.onStarted(listener));
  }

  power<T>(power: Power<T>): T {
    if (!this.#reach.holdsPower(power)) throw this.#denied(new PermissionError(this.id, power.name));
    this.#refuseWhenGone(`use the power ${power.name}`);
    return this.#reach.power(power);
  }

  // A release may still use what the extension holds; after the last one there is nothing left to reach.
  #refuseWhenGone(attempt: string): void {
    if (this.#parts.stage() === "closed") throw new ExtensionClosedError(this.id, attempt);
  }

  #denied(error: ExtensionHostError): ExtensionHostError {
    this.logger.log("warn", error.message, { code: error.code });
    return error;
  }
}

function mayContribute({ contributes }: Manifest, point: string, name: string): boolean {
  const patterns = Object.hasOwn(contributes, point) ? contributes[point] : undefined;
  return patterns?.some((pattern) => matches(pattern, name)) ?? false;
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
