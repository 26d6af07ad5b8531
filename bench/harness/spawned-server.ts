// A server in a child process that prints its URL on the first line.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface SpawnedServer {
  readonly url: string;
  /** Ends the process; settles after it is gone. May be called twice. */
  close(): Promise<void>;
}

export interface SpawnSettings {
  /** The command and its arguments; nothing passes through a shell. */
  readonly argv: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The child is ended where it prints no URL in this time; 10 s by default. */
  readonly timeoutMs?: number;
}

/**
 * Settles when the child has printed a line with an `http:` URL.
 *
 * The child's stdin stays open as long as this process lives. Rejects where the child ends before it
 * printed a URL. The caller must close the server.
 */
export async function startServer({
  argv,
  env,
  cwd,
  timeoutMs = 10_000,
}: SpawnSettings): Promise<SpawnedServer> {
  const [command = "", ...rest] = argv;
  const child = spawn(command, rest, { env, cwd, stdio: ["pipe", "pipe", "inherit"] });
  const close = (): Promise<void> => endProcess(child);
  const timer = setTimeout(() => child.kill(), timeoutMs);
  try {
    return { url: await readUrl(child), close };
  } catch (cause) {
    await close();
    throw new Error(`No URL from: ${argv.join(" ")}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function readUrl(child: ChildProcess): Promise<string> {
  const failed = once(child, "error").then(([cause]) => Promise.reject(cause));
  failed.catch(() => undefined);
  return Promise.race([firstUrl(child), failed]);
}

async function firstUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The child has no stdout.");
  for await (const line of createInterface(child.stdout)) {
    const url = /https?:\/\/\S+/.exec(line)?.[0];
    if (url === undefined) continue;
    // Leaving the loop closes the reader; what the child prints later must not fill the pipe.
    child.stdout.resume();
    return url;
  }
  throw new Error("The child ended without a URL.");
}

/** How long a child may take to end by itself. */
const patienceMs = 5_000;

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill();
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await ended;
  clearTimeout(timer);
}
