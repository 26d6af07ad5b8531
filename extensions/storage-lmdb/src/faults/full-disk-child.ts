// Lives through a real disk that fills up, is full, gets room again and becomes read-only, and prints what it meets.
// It may mount: the test gives it a namespace of its own.
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { StorageReadOnlyError } from "@lathe/kernel";
import { backUpStore } from "../edge/back-up-store.ts";
import { verifyStore } from "../edge/verify-store.ts";
import { openTestStore, quietly, readRows, type TestStore } from "../test-store.ts";

const disk = process.argv[2] ?? "";
const folder = join(disk, "store");
const marks = { softFreeBytes: 2 ** 31, softFreePercent: 5, hardFreeBytes: 2 ** 29, hardFreePercent: 2 };
const filler = join(disk, "filler");
const said: Record<string, unknown> = {};
process.on("unhandledRejection", (reason) => fail(`unhandled ${String(reason)}`));
process.on("uncaughtException", (reason) => fail(`uncaught ${String(reason)}`));

execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "none", disk]);
mkdirSync(folder);
const opened = await openTestStore(folder, { ...marks, freeSpaceCheckIntervalMs: 50 });
let acknowledgedCount = 0;

said.filledUp = await commitUntilRefused(opened, 300_000);
said.filledUpWithSmall = await commitUntilRefused(opened, 100);
said.freeBytesAreLeft = statfsSync(disk).bavail > 0;
said.readable = await readAll(opened);
fillUp();
said.freeBytesWhenFull = statfsSync(disk).bavail;
said.full = await everyWrite(opened);
said.readableWhenFull = await readAll(opened);
said.findingsWhenFull = (await verifyStore(folder, { ...quietly, alone: false })).findingCount;
await opened.store.close();

const again = await openTestStore(folder, { ...marks, freeSpaceCheckIntervalMs: 50 });
said.openedFull = await everyWrite(again);
said.readableOpenedFull = await readAll(again);
mkdirSync(join(disk, "other"));
said.newStore = await openTestStore(join(disk, "other"), marks).then(String, nameOf);

rmSync(filler);
execFileSync("mount", ["-o", "remount,size=48m", disk]);
said.recovered = await commitWhenWelcome(again);
said.logged = again.logged.map(([level]) => level);
said.fatal = [...opened.fatal, ...again.fatal].map(nameOf);
await again.store.close();

execFileSync("mount", ["-o", "remount,ro", disk]);
said.readOnlyDisk = await openTestStore(folder, marks).then(String, (failure: Error) => failure.message);
execFileSync("mount", ["-o", "remount,rw", disk]);
const last = await openTestStore(folder, marks);
said.readableLast = await readAll(last);
await last.store.close();
said.findings = (await verifyStore(folder, { ...quietly, alone: true })).findingCount;
console.log(JSON.stringify(said));
process.exit(0);

async function commitUntilRefused({ store }: TestStore, valueLength: number): Promise<string> {
  for (;;) {
    const key = ["row", acknowledgedCount];
    try {
      await store.namespace("one").commit({ puts: [{ key, value: "x".repeat(valueLength) }] });
      acknowledgedCount++;
    } catch (failure) {
      return nameOf(failure);
    }
  }
}

/** Takes what is left of the disk. */
function fillUp(): void {
  const file = openSync(filler, "w");
  for (let bytes = 2 ** 20; bytes >= 1; ) {
    try {
      if (writeSync(file, Buffer.alloc(bytes)) < bytes) throw new Error("No more.");
    } catch {
      bytes = Math.floor(bytes / 2);
    }
  }
  closeSync(file);
}

async function everyWrite({ store }: TestStore): Promise<string[]> {
  const storage = store.namespace("one");
  const nobody = { ...quietly, target: join(disk, "backup"), compact: true, alone: false, marks };
  const attempts = [
    storage.commit({ puts: [{ key: ["a"], value: 1 }] }),
    storage.commit({ deletes: [["row", 0]] }),
    storage.commit({}, storage.prepare({ puts: [{ key: ["b"], value: 1 }] })),
    storage.blobs.put(Buffer.alloc(100_000)),
    backUpStore(folder, nobody),
  ];
  return (await Promise.allSettled(attempts)).map((end) =>
    end.status === "fulfilled" ? "done" : nameOf(end.reason),
  );
}

async function readAll({ store }: TestStore): Promise<boolean> {
  return (await readRows(store.namespace("one"), ["row"])).length === acknowledgedCount;
}

async function commitWhenWelcome({ store }: TestStore): Promise<boolean> {
  for (;;) {
    try {
      await store.namespace("one").commit({ puts: [{ key: ["row", acknowledgedCount], value: 1 }] });
      acknowledgedCount++;
      return true;
    } catch (failure) {
      if (!(failure instanceof StorageReadOnlyError)) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

function nameOf(failure: unknown): string {
  const { name, code } = failure as Error & { readonly code?: string };
  return name === "StateCareError" ? `${name} ${code}` : name;
}

function fail(what: string): never {
  console.error(what);
  process.exit(1);
}
