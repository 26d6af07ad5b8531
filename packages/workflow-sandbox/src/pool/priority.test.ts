import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { expect, test } from "vitest";
import { openScriptBench } from "../testing.ts";
import { standBack } from "./priority.ts";

/** What it says about this process, or null where this system has no such file. */
function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return null;
  }
}

test("a process that stands back is nicer than this one, and its session is", async () => {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const pid = child.pid as number;
  standBack(pid);
  expect(getPriority(pid)).toBe(Math.max(10, getPriority(process.pid)));
  const group = readProc(`${pid}/autogroup`);
  if (group) expect(group).toMatch(/ nice 10$/m);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("close", resolve));
});

test("a process that is gone can no longer stand back, and nothing is thrown", async () => {
  const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
  await new Promise((resolve) => child.once("close", resolve));
  expect(() => standBack(child.pid as number)).not.toThrow();
});

test.skipIf(process.platform !== "linux")("the process of a script stands back", async () => {
  const bench = openScriptBench();
  const seen: number[] = [];
  await bench.run('export const meta = { name: "n", description: "d" };\nreturn await agent("x");', {
    onCall() {
      const own = (readProc(`${process.pid}/task/${process.pid}/children`) ?? "")
        .trim()
        .split(" ")
        .map(Number);
      const guests = own.filter((pid) => readProc(`${pid}/cmdline`)?.includes("guest.cjs"));
      seen.push(...guests.map((pid) => getPriority(pid)));
      return { kind: "value", value: "y" };
    },
  });
  await bench.close();
  expect(seen).not.toEqual([]);
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(10);
});
