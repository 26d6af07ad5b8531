// A daemon in a child process, and calls to its API.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LatheProcess } from "./lathe-process.ts";
import { Client } from "./raw-client.ts";
import type { TemporaryHome } from "./temporary-home.ts";

export interface DaemonProcess {
  readonly process: LatheProcess;
  readonly url: string;
  readonly token: string;
  readonly client: Client;
}

export interface DaemonProcessOptions {
  readonly argv?: readonly string[];
  /** Shell commands that run before it, in the same process. */
  readonly before?: string;
  /** Absolute path of what is run in place of `lathe`. */
  readonly program?: string;
}

/** Settles when the daemon has printed its URL. Whoever starts it ends it. */
export async function startDaemonProcess(
  home: TemporaryHome,
  options: DaemonProcessOptions = {},
): Promise<DaemonProcess> {
  const { environment, folder, stateFolder } = home;
  const all = ["up", "--port", "0", "--state", stateFolder, ...(options.argv ?? [])];
  const process = new LatheProcess(all, { environment, cwd: folder, ...options });
  const url = (await process.printed(/^Lathe is ready on (http:\S+)$/m))[1] ?? "";
  const token = (await readFile(join(stateFolder, "token"), "utf8")).trim();
  return { process, url, token, client: new Client({ url, token }) };
}

/** Ends it as a crash does, wherever it is. */
export async function killDaemonProcess(daemon: DaemonProcess): Promise<void> {
  daemon.process.kill("SIGKILL");
  await daemon.process.ended();
}
