// Engines that break the promise on which everything rests. A check that does not notice one of them is none.
import { setTimeout as sleep } from "node:timers/promises";
import type { FoundExtension } from "@lathe/extension-host";
import { type Activate, type Changes, type Host, type Storage, StorageService } from "@lathe/kernel";
import { findBuiltInExtensions } from "../../found-extensions.ts";
import { overlay } from "../overlay.ts";

/**
 * `answers-kept-late`: scripts get answers that are stored a moment later, if the daemon lives so long.
 * `answers-forgotten`: the next daemon asks again what was answered.
 */
export type BrokenEngine = "answers-kept-late" | "answers-forgotten";

export const brokenEngines: readonly BrokenEngine[] = ["answers-kept-late", "answers-forgotten"];

const lateMs = 400;

/** Takes the place of the built-in extension of the same id. */
export function createBrokenEngine(kind: BrokenEngine): FoundExtension {
  const builtIn = findBuiltInExtensions().find(({ folder }) => folder === "workflow-engine");
  if (builtIn === undefined) throw new Error("There is no extension workflow-engine.");
  return {
    ...builtIn,
    load: async (entry) => {
      const { activate } = (await builtIn.load(entry)) as { readonly activate: Activate };
      const broken: Activate = (host, scope) => activate(withStorageOf(host, kind), scope);
      return { activate: broken };
    },
  };
}

function withStorageOf(host: Host, kind: BrokenEngine): Host {
  const use: Host["use"] = (service) => {
    const found = host.use(service);
    if ((service as unknown) !== StorageService) return found;
    return brokenStorage(found as Storage, kind) as typeof found;
  };
  return overlay(host, { use });
}

function brokenStorage(storage: Storage, kind: BrokenEngine): Storage {
  const commit: Storage["commit"] = async (changes, ...joined) => {
    const [now, later] = split(changes);
    if (later.length > 0) void sleep(lateMs).then(() => storage.commit({ puts: later }));
    return storage.commit(now, ...joined);
  };
  const list: Storage["list"] = async (query) => {
    const rows = await storage.list(query);
    return rows.filter(({ key, value }) => !isAnswer(key, value));
  };
  return overlay(storage, kind === "answers-kept-late" ? { commit } : { list });
}

function split(changes: Changes): readonly [Changes, NonNullable<Changes["puts"]>] {
  const puts = changes.puts ?? [];
  const later = puts.filter(({ key, value }) => isAnswer(key, value));
  return [{ ...changes, puts: puts.filter((put) => !later.includes(put)) }, later];
}

/** Whether it is the row of a call that has its answer. */
function isAnswer(key: readonly unknown[], value: unknown): boolean {
  return key[0] === "call" && (value as { readonly state?: unknown } | null)?.state === "finished";
}
