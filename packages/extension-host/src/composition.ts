// Who can reach what. tsyringe composes: each extension has a container of its own that holds exactly what its
// manifest declares, so that what is not declared is not there to be found. Scopes undo; tsyringe disposes nothing.
import "./reflect-stub.ts";
import type { Power, Release, Token } from "@lathe/kernel";
import {
  type DependencyContainer,
  type FactoryFunction,
  instanceCachingFactory,
  container as root,
} from "tsyringe";
import { DuplicateOfferError, ServiceFailedError } from "./errors.ts";
import { failureText } from "./failure-text.ts";
import type { Manifest } from "./manifest.ts";

/**
 * Makes a power for one extension; called once, when the extension first asks for it. `granted` holds what the
 * manifest's permissions say behind the colon, for example `["OPENAI_*"]` for `environment:OPENAI_*`.
 */
export type PowerFactory = (extensionId: string, granted: readonly string[]) => unknown;

/** What the composition hands out, by the power's name. */
export type Powers = Readonly<Record<string, PowerFactory>>;

interface Offering {
  readonly extensionId: string;
  /** Nobody sees what an extension offers before the extension is active. */
  visible: boolean;
  readonly give: (consumerId: string) => unknown;
}

/** The services that are offered now. */
export class Services {
  readonly #offerings = new Map<string, Offering>();

  /** Holds the service for the extension until it is shown. Throws DuplicateOfferError. */
  offer(extensionId: string, service: string, make: (consumerId: string) => unknown): Release {
    if (this.#offerings.has(service)) throw new DuplicateOfferError(extensionId, service);
    const given = new Map<string, unknown>();
    const give = (consumerId: string): unknown => {
      if (!given.has(consumerId)) given.set(consumerId, makeFor(consumerId, service, extensionId, make));
      return given.get(consumerId);
    };
    const offering: Offering = { extensionId, visible: false, give };
    this.#offerings.set(service, offering);
    return () => {
      if (this.#offerings.get(service) === offering) this.#offerings.delete(service);
    };
  }

  offers(extensionId: string, service: string): boolean {
    return this.#offerings.get(service)?.extensionId === extensionId;
  }

  show(extensionId: string): void {
    for (const offering of this.#offerings.values()) {
      if (offering.extensionId === extensionId) offering.visible = true;
    }
  }

  /** Takes back whatever the extension still offers. */
  withdraw(extensionId: string): void {
    for (const [service, offering] of this.#offerings) {
      if (offering.extensionId === extensionId) this.#offerings.delete(service);
    }
  }

  /** The service as this consumer sees it; undefined where nobody offers it. Throws ServiceFailedError. */
  find(service: string, consumerId: string): unknown {
    const offering = this.#offerings.get(service);
    return offering?.visible === true ? offering.give(consumerId) : undefined;
  }
}

/** Makes the container of one extension: the services and powers that its manifest declares, and nothing else. */
export function createReach(manifest: Manifest, services: Services, powers: Powers): Reach {
  const reach = new Reach(root.createChildContainer());
  for (const name of [...manifest.needs, ...manifest.wants]) {
    reach.add(serviceKey(name), () => services.find(name, manifest.id));
  }
  for (const name of new Set(manifest.permissions.map(powerName))) {
    reach.add(
      powerKey(name),
      instanceCachingFactory(() => makePower(manifest, name, powers)),
    );
  }
  return reach;
}

/** What one extension can reach. */
export class Reach {
  readonly #container: DependencyContainer;

  constructor(container: DependencyContainer) {
    this.#container = container;
  }

  add(key: string, make: FactoryFunction<unknown>): void {
    this.#container.register(key, { useFactory: make });
  }

  holdsPower(power: Power<unknown>): boolean {
    return this.#container.isRegistered(powerKey(power.name));
  }

  /** Only for a service that the manifest declares. */
  service<T>(service: Token<T>): T | undefined {
    return this.#container.resolve<T | undefined>(serviceKey(service.name));
  }

  /** Only for a power that `holdsPower`. */
  power<T>(power: Power<T>): T {
    return this.#container.resolve<T>(powerKey(power.name));
  }
}

/** The name of the power that a permission asks for. */
export function powerName(permission: string): string {
  return permission.split(":", 1)[0] ?? permission;
}

function makePower(manifest: Manifest, name: string, powers: Powers): unknown {
  const prefix = `${name}:`;
  const granted = manifest.permissions.filter((permission) => permission.startsWith(prefix));
  return powers[name]?.(
    manifest.id,
    Object.freeze(granted.map((permission) => permission.slice(prefix.length))),
  );
}

function makeFor(
  consumerId: string,
  service: string,
  offeredBy: string,
  make: (consumerId: string) => unknown,
): unknown {
  try {
    return make(consumerId);
  } catch (cause) {
    throw new ServiceFailedError(consumerId, service, offeredBy, cause, failureText(cause));
  }
}

function serviceKey(name: string): string {
  return `service:${name}`;
}

function powerKey(name: string): string {
  return `power:${name}`;
}
