import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openTestHost, realTimers, type TestHost } from "@lathe/extension-kit/testing";
import { createLogger, LogSinks, type SpanRecord } from "@lathe/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { JournalFiles } from "./edge/journal-files.ts";
import { readJournal } from "./edge/read-journal.ts";
import { activate } from "./extension.ts";
import { logRecord } from "./testing/records.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lathe-journal-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function openHost(config: object = {}) {
  return openTestHost({
    manifest,
    activate,
    config,
    powers: { "state-folder": { path: folder }, timers: realTimers() },
  });
}

function read(): Promise<SpanRecord[]> {
  return Array.fromAsync(readJournal(folder));
}

/** Writes a turn of one step with a log line; the records in their order. */
function writeTurn(host: TestHost): readonly SpanRecord[] {
  const sink = host.contributions(LogSinks).get("journal");
  if (sink === undefined) throw new Error("The journal was not contributed.");
  const written: SpanRecord[] = [];
  let count = 0;
  const logger = createLogger("agents", {
    sink: {
      write: (record) => {
        written.push(record);
        sink.write(record);
      },
    },
    nowMs: () => ++count,
    monotonicMs: () => ++count,
    newTraceId: () => "a".repeat(32),
    newSpanId: () => String(++count).padStart(16, "0"),
  });
  const turn = logger.openSpan("turn", { turnId: "trn_1" });
  const step = turn.openSpan("step");
  step.log("info", "half\nway", { index: 0 });
  step.close("ok", { finishReason: "stop" });
  turn.close("aborted");
  return written;
}

test("started, it writes log lines to its folder; stopped, everything is on disk and the sink is gone", async () => {
  const host = await openHost();
  const written = writeTurn(host);
  await host.close();
  const lines = written.filter(({ kind }) => kind === "log");
  expect(lines).toHaveLength(1);
  expect((await read()).filter(({ source }) => source === "agents")).toEqual(lines);
  expect(host.contributions(LogSinks).get("journal")).toBeUndefined();
});

test("spans are written where the configuration wants them, with log lines or without", async () => {
  const both = await openHost({ records: ["log", "span"] });
  const first = writeTurn(both);
  await both.close();
  const spansAlone = await openHost({ records: ["span"] });
  const second = writeTurn(spansAlone);
  await spansAlone.close();
  const spans = second.filter(({ kind }) => kind !== "log");
  expect(spans).toHaveLength(4);
  expect((await read()).filter(({ source }) => source === "agents")).toEqual([...first, ...spans]);
});

test("a configuration that keeps nothing, or what there is not, is refused", async () => {
  for (const records of [[], ["prompt"], ["log", "log"]])
    await expect(openHost({ records })).rejects.toThrow(/records/);
});

test("started and stopped without a record, it leaves nothing of its own behind", async () => {
  const host = await openHost();
  await host.close();
  const records = await read();
  expect(records.filter(({ source }) => source === "trace-journal")).toEqual([]);
  expect((await readdir(folder)).length).toBeLessThanOrEqual(1);
});

test("after kill -9 the records are there without a gap, and the journal goes on behind them", async () => {
  const writer = fileURLToPath(new URL("./testing/endless-writer.ts", import.meta.url));
  const child = spawn(process.execPath, [writer, folder], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  const files = new JournalFiles(folder, { fileBytesMax: 1_000_000_000, fileCountMax: 1 });
  await files.append(`${JSON.stringify(logRecord("after"))}\n`);
  await files.close();
  const messages = (await read()).map((record) => (record.kind === "log" ? record.message : ""));
  expect(messages.length).toBeGreaterThan(200);
  expect(messages).toEqual([...messages.slice(0, -1).map((_, index) => String(index)), "after"]);
});
