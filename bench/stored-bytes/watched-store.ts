// The built-in store, with a look into the part of every extension: what is stored can then be weighed from outside.

import type { FoundExtension } from "@lathe/extension-host";
import { findBuiltInExtensions } from "@lathe/host-bin/found-extensions.ts";
import { type Activate, type Host, type Row, type Storage, StorageService } from "@lathe/kernel";

export interface WatchedStore {
  readonly extension: FoundExtension;
  /** Bytes of the rows of every extension, by the extension and the first part of their keys. */
  weigh(): Promise<ReadonlyMap<string, number>>;
}

const folder = "storage-lmdb";

export function watchStore(): WatchedStore {
  const parts = new Map<string, Storage>();
  const found = findBuiltInExtensions().find((extension) => extension.folder === folder);
  if (found === undefined) throw new Error(`There is no extension ${folder}.`);
  const load: FoundExtension["load"] = async (entry) => {
    const { activate } = (await found.load(entry)) as { readonly activate: Activate };
    return {
      activate: (host: Host, scope: Parameters<Activate>[1]) => activate(watched(host, parts), scope),
    };
  };
  return { extension: { ...found, load }, weigh: () => weighAll(parts) };
}

/** The host with an eye on who is given which part of the store. */
function watched(host: Host, parts: Map<string, Storage>): Host {
  const offerEach: Host["offerEach"] = (service, make) =>
    host.offerEach(service, (consumerId) => {
      const made = make(consumerId);
      if (service.name === StorageService.name) parts.set(consumerId, made as Storage);
      return made;
    });
  return new Proxy(host, {
    get: (target, name) => {
      if (name === "offerEach") return offerEach;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function weighAll(parts: ReadonlyMap<string, Storage>): Promise<ReadonlyMap<string, number>> {
  const weights = new Map<string, number>();
  for (const [extension, storage] of parts) {
    for await (const row of allRows(storage)) {
      const name = `${extension} ${row.key[0]}`;
      weights.set(name, (weights.get(name) ?? 0) + weightOf(row));
    }
  }
  return weights;
}

async function* allRows(storage: Storage): AsyncGenerator<Row> {
  for (let page: readonly Row[] = []; ; ) {
    const after = page.at(-1)?.key;
    page = await storage.list({ prefix: [], limit: 1_000, ...(after === undefined ? {} : { after }) });
    yield* page;
    if (page.length < 1_000) return;
  }
}

/** Its key as the contract counts it, and its value as JSON. What the engine adds to each row is not in it. */
function weightOf({ key, value }: Row): number {
  let bytes = Buffer.byteLength(JSON.stringify(value));
  for (const part of key) bytes += typeof part === "number" ? 9 : Buffer.byteLength(part) + 2;
  return bytes;
}
