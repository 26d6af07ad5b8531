import { createServer } from "node:net";
import { readLiveRecord } from "../../daemon/daemon-record.ts";
import { isStateLocked } from "../../daemon/state-lock.ts";
import { type Finding, ok, warn } from "./finding.ts";

/** `port` is where a daemon would listen; undefined where the configuration does not say. */
export async function examineDaemon(
  stateFolder: string,
  port: number | undefined,
): Promise<readonly Finding[]> {
  const record = readLiveRecord(stateFolder);
  if (record !== undefined) {
    // What talks to a daemon takes longer to load than all the rest.
    const { examineRunning } = await import("./examine-running.ts");
    return await examineRunning(stateFolder, record);
  }
  if (isStateLocked(stateFolder)) {
    const advice = "If it runs in a container, ask it there; otherwise look again in a moment.";
    return [
      warn("daemon", "Somebody holds the state folder, whose process cannot be seen from here.", advice),
    ];
  }
  const findings = [ok("daemon", "None runs with this state folder. Start one with: lathe up")];
  return port === undefined || port === 0 ? findings : [...findings, await examinePort(port)];
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
