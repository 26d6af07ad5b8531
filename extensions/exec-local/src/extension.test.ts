import { readdirSync, statSync } from "node:fs";
import { openTestHost, realClock, realTimers } from "@lathe/extension-kit/testing";
import { ExecBackends } from "@lathe/kernel";
import { expect, test } from "vitest";
import { activate } from "./extension.ts";
import { manifest, openFolder } from "./testing/open-local.ts";
import { shellLine } from "./testing/shell-line.ts";

test("starts, contributes this machine as `local`, and leaves nothing when it is stopped", async () => {
  using folder = openFolder();
  const descriptorsBefore = readdirSync("/proc/self/fd").length;
  const host = await openTestHost({
    manifest,
    activate,
    environment: { PATH: process.env.PATH ?? "" },
    powers: { clock: realClock(), timers: realTimers(), "state-folder": { path: folder.path } },
  });
  const contributed = host.contributions(ExecBackends).all();
  expect(contributed.map(({ name, item }) => [name, item.computer])).toEqual([["local", "local"]]);
  expect(await contributed[0]?.item.run(shellLine(folder.path, "echo hi"))).toMatchObject({ output: "hi\n" });
  // D14: what commands are spoken to through is made where only the daemon's user can look.
  expect(statSync(`${folder.path}/pipes`).mode & 0o777).toBe(0o700);
  await host.close();
  expect(readdirSync(folder.path)).toEqual([]);
  expect(readdirSync("/proc/self/fd").length).toBe(descriptorsBefore);
});

test("the list of variables that commands get names no secret and nothing that loads code", () => {
  const { permissions } = manifest as { permissions: string[] };
  const names = permissions.filter((name) => name.startsWith("environment:"));
  expect(names).toContain("environment:PATH");
  expect(names.filter((name) => /KEY|TOKEN|SECRET|NODE|LD_|LMDB|LATHE|PROXY|:\*/.test(name))).toEqual([]);
});

test("a configuration that makes no sense is refused with the field's name", async () => {
  await using host = await openTestHost({
    manifest,
    activate,
    config: { memoryBytesMax: -1 },
    mayFail: true,
  });
  expect(host.state.kind).not.toBe("active");
  expect(host.state.reason).toContain("memoryBytesMax");
});
