// The composition's own extension: what the daemon itself offers and answers, in the form that everyone else uses.
import type { FoundExtension } from "@lathe/extension-host";
import { type Activate, Clock, ExtensionReportService, type Host, StorageService } from "@lathe/kernel";
import { Authenticators, HttpAddressService, LocalAccessService, Operations } from "@lathe/wire";
import { extensionsOperation, livezOperation, readyzOperation } from "./daemon-operations.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { createLocalAuthenticator } from "./local-authenticator.ts";
import { StorageProbe } from "./storage-probe.ts";

const manifest = {
  id: "daemon",
  version: "0.1.0",
  kernel: "^0.1.0",
  description: "Says how the daemon and its extensions are doing, and holds the local token.",
  entry: "./daemon/daemon-extension.ts",
  needs: [ExtensionReportService.name],
  wants: [StorageService.name, HttpAddressService.name],
  offers: [LocalAccessService.name],
  contributes: {
    [Authenticators.name]: ["local"],
    [Operations.name]: ["extensions.list", "livez", "readyz"],
  },
  permissions: [Clock.name],
};

export interface DaemonDesk {
  /** The local token. */
  readonly token: string;
  readonly lifecycle: Lifecycle;
}

export function createDaemonExtension(desk: DaemonDesk): FoundExtension {
  const activate: Activate = (host) => wire(host, desk);
  return {
    folder: manifest.id,
    manifest: { kind: "json", json: manifest },
    load: async () => ({ activate }),
  };
}

function wire(host: Host, { token, lifecycle }: DaemonDesk): void {
  host.offer(LocalAccessService, Object.freeze({ token }));
  host.contribute(Authenticators, "local", createLocalAuthenticator(token));
  // The store may start after this extension, or not at all.
  const probe = new StorageProbe(() => host.find(StorageService), host.power(Clock));
  const isOpen = (): boolean => host.find(HttpAddressService) !== undefined;
  const operations = [
    extensionsOperation(host.use(ExtensionReportService)),
    livezOperation(),
    readyzOperation({ lifecycle, isOpen, probe }),
  ];
  for (const operation of operations) host.contribute(Operations, operation.name, operation);
}
