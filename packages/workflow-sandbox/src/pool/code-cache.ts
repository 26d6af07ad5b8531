// The compiled form of ses on disk, which saves a guest a fifth of its start. It fits one version of Node with one set of
// flags only, and is refused in silence otherwise: its name says both.
import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { engineFlags, type Launch, launchGuest, sesPath } from "./launch.ts";

/** The path of a cache that fits, made now where there is none yet; undefined where none can be had. */
export async function findCodeCache(
  folder: string,
  launch: Launch,
  warn: (message: string) => void,
): Promise<string | undefined> {
  try {
    const path = join(folder, `${await nameOf(launch)}.bin`);
    if (!(await exists(path))) await build(path, folder, launch);
    return path;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    warn(`Workflow scripts start more slowly: the code cache could not be written (${reason}).`);
    return undefined;
  }
}

async function nameOf(launch: Launch): Promise<string> {
  const [ses, node] = await Promise.all([readFile(sesPath), stat(launch.nodePath)]);
  const facts = [
    launch.nodePath,
    node.size,
    node.mtimeMs,
    process.versions.v8,
    ...engineFlags(launch.limits),
  ];
  return `ses-${createHash("sha256").update(ses).update(facts.join("\n")).digest("hex").slice(0, 32)}`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function build(path: string, folder: string, launch: Launch): Promise<void> {
  const bytes = await askGuest(launch);
  await mkdir(folder, { recursive: true });
  // Whole or not at all, also when two daemons build it at once.
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, bytes);
  await rename(unfinished, path);
}

function askGuest(launch: Launch): Promise<Buffer> {
  const child = launchGuest({ ...launch, cachePath: undefined }, "build-cache");
  child.stdin.on("error", () => undefined);
  child.stdin.end();
  child.stderr.resume();
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0 && chunks.length > 0) resolve(Buffer.concat(chunks));
      else reject(new Error(`the process that makes it ended with the code ${code}`));
    });
  });
}
