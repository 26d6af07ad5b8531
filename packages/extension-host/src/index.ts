export type { PowerFactory, Powers } from "./composition.ts";
export {
  ActivationTimeoutError,
  ConfigError,
  DuplicateNameError,
  DuplicateOfferError,
  ExtensionClosedError,
  ExtensionHostError,
  HostStoppedError,
  KernelVersionError,
  ManifestError,
  MissingActivateError,
  MissingOfferError,
  PermissionError,
  ReleaseTimeoutError,
  ServiceFailedError,
  ServiceUnavailableError,
  UndeclaredCollectionError,
  UndeclaredContributionError,
  UndeclaredNeedError,
  UndeclaredOfferError,
} from "./errors.ts";
export { failureText } from "./failure-text.ts";
export {
  type ExtensionHost,
  type ExtensionHostOptions,
  openExtensionHost,
  type ReleaseFailure,
} from "./host.ts";
export { hostId, kernelApiVersion, type Manifest, parseManifest } from "./manifest.ts";
export type { FoundExtension, ManifestSource } from "./survey.ts";
