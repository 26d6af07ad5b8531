import { fakeClock, openMemoryStorage } from "@lathe/extension-kit/testing";
import { beforeEach, expect, test } from "vitest";
import type { CallEnd } from "../calls/call-end.ts";
import { RunLogs } from "../log/run-logs.ts";
import { newCall } from "../run/journal.ts";
import { RunRecord } from "../run/run-record.ts";
import { createRunRedactor } from "../run-redactor.ts";
import { Approvals } from "./approvals.ts";

const runId = "run_1";
const approvalId = "apr_1";
let memory: ReturnType<typeof openMemoryStorage>;
let record: RunRecord;
let approvals: Approvals;
let leaving: AbortController;
let asked: Promise<void>;

beforeEach(async () => {
  memory = openMemoryStorage();
  leaving = new AbortController();
  const clock = fakeClock();
  const storage = memory.namespace("workflow-engine");
  const log = await new RunLogs({ storage, clock, redactor: createRunRedactor(undefined) }).open(runId);
  const runs = { note: async () => undefined };
  record = new RunRecord({ runId, log, runs, onRefused: () => leaving.abort(), stamp: () => 0 }, new Map());
  const sleep = (_ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal?.addEventListener("abort", () => resolve()));
  const powers = { clock, timers: { sleep }, ids: { newId: () => approvalId }, failpoint: () => undefined };
  approvals = new Approvals({ runId, record, timeoutMs: 1_000, ...powers });
  const question = { kind: "approve", index: 0, question: "May I?", options: {} } as const;
  const conclude = async (end: CallEnd): Promise<void> => void (await record.conclude(end, []));
  asked = approvals.ask(question, newCall("approve", "words", 0), leaving.signal, conclude);
  asked.catch((failure: unknown) => record.refuse(failure));
  while ((await log.append([])) && record.find("words") === undefined);
});

test("of two answers at the same time the first one counts", async () => {
  const both = [true, false].map((answer) => approvals.answer(approvalId, answer, "ann"));
  expect(await Promise.all(both)).toEqual(["answered", "already-answered"]);
  await asked;
  expect(record.find("words")?.answer).toEqual({ kind: "value", value: true });
});

test("an answer that the store refuses was not recorded, and whoever gave it is told so", async () => {
  memory.guardCommits(() => Promise.reject(new Error("full")));
  expect(await approvals.answer(approvalId, true, "ann")).toBe("not-recorded");
  await expect(asked).rejects.toThrow("full");
});

test("an answer to a run that is let go of meanwhile was not recorded", async () => {
  record.leave();
  leaving.abort();
  expect(await approvals.answer(approvalId, true, "ann")).toBe("not-recorded");
});

test("an answer to a run that is stopped meanwhile comes too late", async () => {
  leaving.abort();
  expect(await approvals.answer(approvalId, true, "ann")).toBe("already-answered");
});
