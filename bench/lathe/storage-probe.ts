import type { FoundExtension } from "@lathe/extension-host";
import { type Activate, type Storage, StorageService } from "@lathe/kernel";

export interface StorageProbe {
  readonly extension: FoundExtension;
  /** The extension's own part of the store; throws before it is active. */
  storage(): Storage;
}

/** An extension that does nothing but ask for its part of the store, for measuring the store alone. */
export function createStorageProbe(): StorageProbe {
  let found: Storage | undefined;
  const activate: Activate = (host) => {
    found = host.use(StorageService);
  };
  const manifest = {
    id: "storage-probe",
    version: "0.1.0",
    kernel: "^0.1.0",
    description: "Writes to the store for a measurement.",
    entry: "./storage-probe.ts",
    needs: [StorageService.name],
  };
  return {
    extension: {
      folder: "storage-probe",
      manifest: { kind: "text", text: JSON.stringify(manifest) },
      load: () => Promise.resolve({ activate }),
    },
    storage: () => {
      if (found === undefined) throw new Error("The store is not there.");
      return found;
    },
  };
}
