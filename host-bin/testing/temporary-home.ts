// A home of its own for each test: nothing of the machine's user is read, nothing is left behind.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Compiled code is worth keeping: what one process compiled, the next ones need not.
const cacheFolder = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));

export interface TemporaryHome {
  /** Absolute path of an empty folder. */
  readonly folder: string;
  /** Where a daemon of this home may keep its state; not made yet. */
  readonly stateFolder: string;
  /** Where `lathe` keeps what it has compiled, in this home as in the others. */
  readonly compileCacheFolder: string;
  /** The environment of a process that lives there; without any key of a provider. */
  readonly environment: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export async function makeTemporaryHome(): Promise<TemporaryHome> {
  const folder = await mkdtemp(join(tmpdir(), "lathe-home-"));
  return {
    folder,
    stateFolder: join(folder, "state"),
    compileCacheFolder: join(cacheFolder, "lathe"),
    environment: { HOME: folder, XDG_CACHE_HOME: cacheFolder, PATH: process.env.PATH ?? "" },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
