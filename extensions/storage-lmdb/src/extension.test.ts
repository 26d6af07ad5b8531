import { readFile } from "node:fs/promises";
import {
  Clock,
  Fatal,
  type Host,
  type Power,
  Scope,
  StateFolder,
  type Storage,
  StorageService,
  Timers,
  type Token,
} from "@lathe/kernel";
import { expect, test } from "vitest";
import { activate } from "./extension.ts";
import { withFolder } from "./test-store.ts";

test("it offers a namespace to each extension, keeps its files in its folder, and leaves nothing behind", async () => {
  await withFolder(async (folder) => {
    const first = await start(folder);
    const [one, two] = [first.storageOf("one"), first.storageOf("two")];
    await one.commit({ puts: [{ key: ["a"], value: 1 }] });
    expect(await two.get(["a"])).toBeUndefined();
    expect(await first.scope.close()).toEqual([]);
    expect(first.timersWaiting()).toBe(0);
    await expect(one.get(["a"])).rejects.toThrow("closed");

    const second = await start(folder);
    expect((await second.storageOf("one").get(["a"]))?.value).toBe(1);
    await second.scope.close();
  });
});

interface Started {
  readonly scope: Scope;
  readonly storageOf: (consumerId: string) => Storage;
  readonly timersWaiting: () => number;
}

/** Activates the extension on a host that gives what the manifest asks for, and nothing else. */
async function start(folder: string): Promise<Started> {
  const manifest = await readManifest();
  let waiting = 0;
  const powers = new Map<string, unknown>([
    [Clock.name, { nowMs: Date.now, monotonicMs: () => performance.now() }],
    [StateFolder.name, { path: folder }],
    [Fatal.name, () => undefined],
    [
      Timers.name,
      {
        after: () => {
          waiting++;
          return () => waiting--;
        },
      },
    ],
  ]);
  let make: ((consumerId: string) => unknown) | undefined;
  const host: Partial<Host> = {
    id: manifest.id,
    config: Object.fromEntries(
      Object.entries(manifest.config.properties).map(([name, { default: value }]) => [name, value]),
    ),
    logger: { source: manifest.id, log: () => undefined, openSpan: () => expect.fail("It opens no span.") },
    power: <T>({ name }: Power<T>): T => {
      expect(manifest.permissions).toContain(name);
      return powers.get(name) as T;
    },
    offerEach: <T>({ name }: Token<T>, makeOne: (consumerId: string) => T) => {
      expect(manifest.offers).toContain(name);
      expect(name).toBe(StorageService.name);
      make = makeOne;
      return () => undefined;
    },
  };
  const scope = new Scope();
  await activate(host as Host, scope);
  return { scope, storageOf: (consumerId) => make?.(consumerId) as Storage, timersWaiting: () => waiting };
}

interface Manifest {
  readonly id: string;
  readonly permissions: readonly string[];
  readonly offers: readonly string[];
  readonly config: { readonly properties: Readonly<Record<string, { readonly default: number }>> };
}

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(new URL("../manifest.json", import.meta.url), "utf8")) as Manifest;
}
