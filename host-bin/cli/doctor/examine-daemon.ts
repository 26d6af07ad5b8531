import { createServer } from "node:net";
import { type Client, LatheProblem } from "@lathe/client";
import type { ExtensionState } from "@lathe/kernel";
import { extensionsList, readyz } from "@lathe/wire/operations";
import { type DaemonRecord, readLiveRecord } from "../../daemon/daemon-record.ts";
import { isStateLocked } from "../../daemon/state-lock.ts";
import { openAccessToken } from "../../powers/access-token.ts";
import { failureSentence } from "../failure-sentence.ts";
import { openClient } from "../open-client.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** `port` is where a daemon would listen; undefined where the configuration does not say. */
export async function examineDaemon(
  stateFolder: string,
  port: number | undefined,
): Promise<readonly Finding[]> {
  const record = readLiveRecord(stateFolder);
  if (record !== undefined) return await examineRunning(stateFolder, record);
  if (isStateLocked(stateFolder)) {
    const advice = "If it runs in a container, ask it there; otherwise look again in a moment.";
    return [
      warn("daemon", "Somebody holds the state folder, whose process cannot be seen from here.", advice),
    ];
  }
  const findings = [ok("daemon", "None runs with this state folder. Start one with: lathe up")];
  return port === undefined || port === 0 ? findings : [...findings, await examinePort(port)];
}

async function examineRunning(stateFolder: string, { pid, url }: DaemonRecord): Promise<readonly Finding[]> {
  if (url === null)
    return [warn("daemon", `Process ${pid} is starting or stopping.`, "Look again in a moment.")];
  try {
    using client = openClient({ url, token: await openAccessToken(stateFolder), stateFolder });
    const { items } = await client.call(extensionsList);
    return [await examineReadiness(client, pid, url), ...examineExtensions(items)];
  } catch (failure) {
    const message = `Process ${pid} on ${url}: ${failureSentence(failure)}`;
    return [fail("daemon", message, `Stop it with kill ${pid}, and start it again.`)];
  }
}

async function examineReadiness(client: Client, pid: number, url: string): Promise<Finding> {
  try {
    await client.call(readyz);
    return ok("daemon", `Process ${pid} answers on ${url}.`);
  } catch (failure) {
    if (!(failure instanceof LatheProblem)) throw failure;
    const advice = "The lines below, or the daemon's own output, say why.";
    return fail("daemon", `Process ${pid} answers on ${url}, and is not ready (${failure.code}).`, advice);
  }
}

function examineExtensions(items: readonly ExtensionState[]): readonly Finding[] {
  const troubled = items.filter(({ kind }) => kind !== "active" && kind !== "disabled");
  if (troubled.length === 0) return [ok("extensions", `${items.length} were found, and none has a problem.`)];
  return troubled.map(({ id, kind, reason }) => fail("extensions", `${id} is ${kind}: ${reason}`, null));
}

async function examinePort(port: number): Promise<Finding> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const subject = "port";
  server.once("error", () =>
    resolve(warn(subject, `Port ${port} is taken by another program.`, "Choose another with --port.")),
  );
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(ok(subject, `Port ${port} is free.`))));
  return await promise;
}
