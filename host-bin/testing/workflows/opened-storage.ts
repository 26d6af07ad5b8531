// The built-in store, with a door to the part of it that another extension keeps: for tests that damage what is stored.
import type { FoundExtension } from "@lathe/extension-host";
import type { Activate, Host, Storage } from "@lathe/kernel";
import { activate as activateStorage } from "@lathe/storage-lmdb";
import manifest from "@lathe/storage-lmdb/manifest.json" with { type: "json" };

export class OpenedStorage {
  #namespaceOf: ((extensionId: string) => Storage) | undefined;

  /** Takes the place of the built-in one. */
  get extension(): FoundExtension {
    const activate: Activate = (host, scope) => activateStorage(this.#watched(host), scope);
    return {
      folder: manifest.id,
      manifest: { kind: "json", json: manifest },
      load: async () => ({ activate }),
    };
  }

  /** What an extension keeps, in the daemon that was started last. */
  namespace(extensionId: string): Storage {
    if (this.#namespaceOf === undefined) throw new Error("No daemon was started with this store.");
    return this.#namespaceOf(extensionId);
  }

  #watched(host: Host): Host {
    const offerEach = <T>(
      ...[service, make]: Parameters<typeof host.offerEach<T>>
    ): ReturnType<Host["offer"]> => {
      this.#namespaceOf = make as unknown as (extensionId: string) => Storage;
      return host.offerEach(service, make);
    };
    return new Proxy(host, {
      get: (target, name) => {
        if (name === "offerEach") return offerEach;
        const member = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  }
}
