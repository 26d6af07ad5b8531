// A disk that fails under the store: the daemon ends rather than promise what it cannot keep.
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { killDaemonProcess, startDaemonProcess } from "../testing/daemon-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

let home: TemporaryHome;
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(() => home.remove());

test("L7: when a commit fails the daemon ends with 70, and all that it acknowledged is there afterwards", async () => {
  // Files of this process may not grow beyond some hundred KiB; the write that would is refused with EFBIG.
  const daemon = await startDaemonProcess(home, { before: "trap '' XFSZ; ulimit -f 400" });
  const acknowledged: string[] = [];
  try {
    for (let count = 0; count < 5_000; count += 1) {
      const body = { cwd: home.folder, title: "x".repeat(490) };
      acknowledged.push((await daemon.client.call<{ id: string }>("POST", "/api/conversations", body)).id);
    }
  } catch {
    // The connection breaks, or the last commit is answered as failed.
  }
  const { code, stderr } = await daemon.process.ended();
  expect(stderr).toContain("Lathe has to end");
  expect(code).toBe(exitCodes.broken);
  expect(acknowledged.length).toBeGreaterThan(0);

  const second = await startDaemonProcess(home);
  try {
    for (const id of acknowledged) {
      expect(await second.client.call("GET", `/api/conversations/${id}`)).toMatchObject({ id });
    }
  } finally {
    await killDaemonProcess(second);
  }
});
