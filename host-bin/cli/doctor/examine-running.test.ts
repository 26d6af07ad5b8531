import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordOfThisProcess, writeDaemonRecord } from "../../daemon/daemon-record.ts";
import { examineRunning } from "./examine-running.ts";

test("a daemon that hangs is told of, and is not waited for any longer", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "lathe-doctor-"));
  const server = createServer(() => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const record = recordOfThisProcess(url, "0.1.0", 0);
  writeDaemonRecord(stateFolder, record);
  try {
    expect(await examineRunning(stateFolder, record, 50)).toEqual([
      {
        subject: "daemon",
        verdict: "fail",
        message: `Process ${process.pid} has the address ${url}, and does not answer there.`,
        advice: `Stop it with kill ${process.pid}, and start it again.`,
      },
    ]);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(stateFolder, { recursive: true });
  }
});
