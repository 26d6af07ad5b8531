import type { FoundExtension } from "@lathe/extension-host";
import { openMemoryStorage } from "@lathe/extension-kit/memory-storage";
import { type Activate, StorageService } from "@lathe/kernel";

/** Storage that forgets: for measuring what keeping costs. */
export function memoryStorageExtension(): FoundExtension {
  const activate: Activate = (host) => {
    const storage = openMemoryStorage();
    host.offerEach(StorageService, (consumerId) => storage.namespace(consumerId));
  };
  const manifest = {
    id: "storage-memory",
    version: "0.1.0",
    kernel: "^0.1.0",
    description: "A store in memory.",
    entry: "./storage-memory.ts",
    offers: [StorageService.name],
  };
  return {
    folder: "storage-memory",
    manifest: { kind: "text", text: JSON.stringify(manifest) },
    load: () => Promise.resolve({ activate }),
  };
}
