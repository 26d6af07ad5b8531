import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, statSync } from "node:fs";
import { realTimers } from "@lathe/extension-kit/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Folder, openFolder } from "../testing/open-local.ts";
import { findProcesses, uniqueSeconds, until } from "../testing/processes.ts";
import { RunRegister } from "./run-register.ts";

let folder: Folder;
const traces: string[] = [];
beforeEach(() => {
  folder = openFolder();
});
afterEach(() => {
  for (const pid of traces.splice(0).flatMap(findProcesses)) process.kill(pid, "SIGKILL");
  folder[Symbol.dispose]();
});

async function enter(path = folder.path): Promise<RunRegister> {
  const register = new RunRegister(path);
  await register.enter();
  return register;
}

/** A command that was started by a run; its trace finds it. */
async function startCommand(register: RunRegister, program = 'sleep "$0"'): Promise<string> {
  const trace = uniqueSeconds();
  traces.push(trace);
  const env = { PATH: "/usr/bin:/bin", LATHE_RUN_MARKER: register.newMarker() };
  const child = spawn("sh", ["-c", program, trace], { env, detached: true, stdio: "ignore" });
  await once(child, "spawn");
  await until("the command runs", () => findProcesses(trace).length > 0);
  return trace;
}

test("E3: what a run left that was killed is ended by the next one, also what ignores SIGTERM and left its session", async () => {
  const killed = await enter();
  const plain = await startCommand(killed);
  const stubborn = await startCommand(killed, 'trap \'\' TERM; sleep "$0" & setsid sleep "$0" & wait');
  const next = await enter();
  const own = await startCommand(next);
  expect(await next.endLeftovers(realTimers())).toEqual([]);
  await until(
    "the leftovers are gone",
    () => findProcesses(plain).length + findProcesses(stubborn).length === 0,
  );
  expect(findProcesses(own).length).toBeGreaterThan(0);
});

test("a run that ended cleanly is not looked for again, and leaves no file", async () => {
  const first = await enter();
  expect(statSync(`${folder.path}/runs`).mode & 0o777).toBe(0o600);
  await first.leave();
  expect(existsSync(`${folder.path}/runs`)).toBe(false);
  const trace = await startCommand(first);
  await (await enter()).endLeftovers(realTimers());
  expect(findProcesses(trace).length).toBeGreaterThan(0);
});

test("a run that is killed before it ended the leftovers leaves them to the next one", async () => {
  const trace = await startCommand(await enter());
  await enter();
  const third = await enter();
  await third.endLeftovers(realTimers());
  await until("the leftovers are gone", () => findProcesses(trace).length === 0);
  await third.leave();
  expect(existsSync(`${folder.path}/runs`)).toBe(false);
});

test("the daemon of a copied state folder leaves the commands of the original alone", async () => {
  using copy = openFolder();
  const trace = await startCommand(await enter());
  cpSync(folder.path, copy.path, { recursive: true });
  await (await enter(copy.path)).endLeftovers(realTimers());
  expect(findProcesses(trace).length).toBeGreaterThan(0);
});
