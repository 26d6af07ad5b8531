// Everything that the host refuses, each with a stable `code`, a sentence that names who and what, and a next step.

/** What the host throws at an extension or at the composition. Branch on `code`, never on the message. */
export abstract class ExtensionHostError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The manifest cannot be used; `extensionId` is the folder's name where the id could not be read. */
export class ManifestError extends ExtensionHostError {
  readonly code = "manifest-invalid";
  readonly extensionId: string;

  constructor(extensionId: string, problem: string, options?: ErrorOptions) {
    super(`The manifest of ${extensionId} cannot be used: ${problem}`, options);
    this.extensionId = extensionId;
  }
}

/** The extension was made for another version of the kernel's contracts. */
export class KernelVersionError extends ExtensionHostError {
  readonly code = "kernel-version";

  constructor(extensionId: string, range: string, offered: string) {
    super(
      `${extensionId} was made for kernel ${range}, and this is kernel ${offered}. ` +
        `Install a version of ${extensionId} that was made for it.`,
    );
  }
}

/** The extension's part of the configuration does not fit the schema in its manifest. */
export class ConfigError extends ExtensionHostError {
  readonly code = "config-invalid";

  constructor(extensionId: string, problem: string, options?: ErrorOptions) {
    super(`The configuration of ${extensionId} cannot be used: ${problem}`, options);
  }
}

export class UndeclaredNeedError extends ExtensionHostError {
  readonly code = "undeclared-need";

  constructor(extensionId: string, service: string, declaredAs: "wants" | "nothing") {
    super(
      declaredAs === "wants"
        ? `${extensionId} wants ${service} and asked for it as if it were there. Ask with host.find, or list ${service} under needs in its manifest.`
        : `${extensionId} asked for ${service}, which its manifest does not name. List ${service} under needs or wants.`,
    );
  }
}

/** The service is declared, and nobody offers it now. */
export class ServiceUnavailableError extends ExtensionHostError {
  readonly code = "service-unavailable";

  constructor(consumerId: string, service: string) {
    super(
      `${consumerId} asked for ${service}, which no active extension offers. ` +
        `The extension report says which extension should, and why it does not.`,
    );
  }
}

/** `make` of an `offerEach` threw. */
export class ServiceFailedError extends ExtensionHostError {
  readonly code = "service-failed";

  constructor(consumerId: string, service: string, offeredBy: string, cause: unknown, problem: string) {
    super(`${offeredBy} could not make ${service} for ${consumerId}: ${problem}`, { cause });
  }
}

export class UndeclaredOfferError extends ExtensionHostError {
  readonly code = "undeclared-offer";

  constructor(extensionId: string, service: string) {
    super(
      `${extensionId} offered ${service}, which its manifest does not name. List ${service} under offers.`,
    );
  }
}

export class DuplicateOfferError extends ExtensionHostError {
  readonly code = "duplicate-offer";

  constructor(extensionId: string, service: string) {
    super(`${extensionId} offered ${service} twice. Release the first offer before making another.`);
  }
}

export class MissingActivateError extends ExtensionHostError {
  readonly code = "missing-activate";

  constructor(extensionId: string, entry: string) {
    super(`${entry} of ${extensionId} does not export activate. Export a function of that name.`);
  }
}

/** `activate` settled without an offer that the manifest promises to those who need it. */
export class MissingOfferError extends ExtensionHostError {
  readonly code = "missing-offer";

  constructor(extensionId: string, services: readonly string[]) {
    const names = services.join(", ");
    super(
      `The manifest of ${extensionId} offers ${names}, and activate settled without offering it. ` +
        `Call host.offer before activate settles, or take ${names} out of offers.`,
    );
  }
}

export class UndeclaredContributionError extends ExtensionHostError {
  readonly code = "undeclared-contribution";

  constructor(extensionId: string, point: string, name: string) {
    super(
      `${extensionId} contributed "${name}" to ${point}, which its manifest does not name. ` +
        `List "${name}" under contributes.${point}; a name there may end in *.`,
    );
  }
}

export class UndeclaredCollectionError extends ExtensionHostError {
  readonly code = "undeclared-collection";

  constructor(extensionId: string, point: string) {
    super(
      `${extensionId} collected ${point}, which its manifest does not name. List ${point} under collects.`,
    );
  }
}

export class DuplicateNameError extends ExtensionHostError {
  readonly code = "duplicate-name";

  constructor(extensionId: string, point: string, name: string, heldBy: string) {
    super(
      heldBy === extensionId
        ? `${extensionId} contributed "${name}" to ${point} twice. Release the first before contributing another.`
        : `${extensionId} contributed "${name}" to ${point}, and ${heldBy} already holds that name. Rename one, or disable one of the two extensions.`,
    );
  }
}

export class PermissionError extends ExtensionHostError {
  readonly code = "permission-denied";

  constructor(extensionId: string, power: string) {
    super(
      `${extensionId} asked for the power ${power}, which its manifest does not ask for. ` +
        `List ${power} under permissions.`,
    );
  }
}

/** The extension came with something after its scope had begun to close. */
export class ExtensionClosedError extends ExtensionHostError {
  readonly code = "extension-closed";

  constructor(extensionId: string, attempt: string) {
    super(
      `${extensionId} was closed and can no longer ${attempt}. ` +
        `Stop the work that calls the host from a release that the scope owns.`,
    );
  }
}

export class ActivationTimeoutError extends ExtensionHostError {
  readonly code = "activation-timeout";

  constructor(extensionId: string, limitMs: number) {
    super(
      `activate of ${extensionId} did not settle within ${limitMs} ms. ` +
        `Start slow work in activate and wait for it afterwards.`,
    );
  }
}

/** A release did not settle in time; what was built before it was left as it was. */
export class ReleaseTimeoutError extends ExtensionHostError {
  readonly code = "release-timeout";

  constructor(extensionId: string, limitMs: number) {
    super(
      `${extensionId} did not release what it holds within ${limitMs} ms. ` +
        `Bound the wait in its release; the host went on without it.`,
    );
  }
}

/** The host was told to stop while it was still activating extensions. */
export class HostStoppedError extends ExtensionHostError {
  readonly code = "host-stopped";

  constructor(options?: ErrorOptions) {
    super("The extension host was stopped while it was starting. Open it again to start over.", options);
  }
}
