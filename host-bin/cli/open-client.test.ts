import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClientPowers } from "@lathe/client";
import { runsStream } from "@lathe/wire/operations";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordOfThisProcess, writeDaemonRecord } from "../daemon/daemon-record.ts";
import { openClient } from "./open-client.ts";

const url = "http://127.0.0.1:4646";
const alive = recordOfThisProcess(url, "0.1.0", 0);

let stateFolder: string;
let askedCount = 0;
beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), "lathe-client-"));
  askedCount = 0;
});
afterEach(() => rm(stateFolder, { recursive: true }));

const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });

/** Follows a run, with waits that are over at once. */
async function follow(answer: () => Promise<Response>): Promise<void> {
  const powers: Partial<ClientPowers> = {
    fetch: () => {
      askedCount += 1;
      return answer();
    },
    timers: { sleep: async () => undefined, after: () => () => undefined },
    nowMs: () => 0,
  };
  using client = openClient({ url, token: "t", stateFolder }, powers);
  for await (const _event of client.follow(runsStream, { id: "run_1" }));
}

test("a daemon that lives is asked again, though not for ever", async () => {
  writeDaemonRecord(stateFolder, alive);
  await expect(follow(() => Promise.reject(refused))).rejects.toMatchObject({
    name: "LostDaemonError",
    message: expect.stringMatching(/does not answer \(ECONNREFUSED\).*lathe doctor/),
  });
  expect(askedCount).toBe(121);
});

test("one that died is asked a few times, in case it is started again", async () => {
  writeDaemonRecord(stateFolder, { ...alive, identity: "of another process" });
  await expect(follow(() => Promise.reject(refused))).rejects.toMatchObject({ name: "LostDaemonError" });
  expect(askedCount).toBe(9);
});

test("while the next one is starting it is waited for, and what it serves then is followed to its end", async () => {
  writeDaemonRecord(stateFolder, { ...alive, url: null });
  await follow(() =>
    askedCount < 20 ? Promise.reject(refused) : Promise.resolve(new Response(null, { status: 204 })),
  );
  expect(askedCount).toBe(20);
});

test.each([
  ["has left in good order", undefined],
  ["has another one in its place", { ...alive, url: "http://127.0.0.1:4647" }],
])("one that %s is asked no more, so that the next one is found", async (_what, record) => {
  if (record !== undefined) writeDaemonRecord(stateFolder, record);
  const following = follow(() => Promise.reject(refused));
  await expect(following).rejects.toMatchObject({ name: "ConnectionError", mayHaveHappened: false });
  expect(askedCount).toBe(1);
});

test("what a daemon refuses is told at once, also where it might heal", async () => {
  writeDaemonRecord(stateFolder, alive);
  const problem = { status: 503, code: "run-kind-not-active", detail: "It is not active." };
  const answer = async () => new Response(JSON.stringify(problem), { status: 503 });
  await expect(follow(answer)).rejects.toMatchObject({ name: "LatheProblem", code: problem.code });
  expect(askedCount).toBe(1);
});
