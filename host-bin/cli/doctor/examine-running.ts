// The daemon that runs, as it answers, and its extensions.
import { type Client, LatheProblem } from "@lathe/client";
import type { ExtensionState } from "@lathe/kernel";
import { extensionsList, readyz } from "@lathe/wire/operations";
import type { DaemonRecord } from "../../daemon/daemon-record.ts";
import { openAccessToken } from "../../powers/access-token.ts";
import { failureSentence } from "../failure-sentence.ts";
import { openClient } from "../open-client.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const answerMsUsual = 30_000;

/** `answerMs`: how long it may take to answer; one that hangs is a finding, too. */
export async function examineRunning(
  stateFolder: string,
  { pid, url }: DaemonRecord,
  answerMs: number = answerMsUsual,
): Promise<readonly Finding[]> {
  if (url === null)
    return [warn("daemon", `Process ${pid} is starting or stopping.`, "Look again in a moment.")];
  const signal = AbortSignal.timeout(answerMs);
  try {
    using client = openClient({ url, token: await openAccessToken(stateFolder), stateFolder });
    const { items } = await client.call(extensionsList, {}, { signal });
    return [await examineReadiness(client, pid, url, signal), ...examineExtensions(items)];
  } catch (failure) {
    const message = signal.aborted
      ? `Process ${pid} has the address ${url}, and does not answer there.`
      : `Process ${pid} on ${url}: ${failureSentence(failure)}`;
    return [fail("daemon", message, `Stop it with kill ${pid}, and start it again.`)];
  }
}

async function examineReadiness(
  client: Client,
  pid: number,
  url: string,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    await client.call(readyz, {}, { signal });
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
