import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openTestHost, realTimers } from "@lathe/extension-kit/testing";
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

function openHost() {
  return openTestHost({
    manifest,
    activate,
    powers: { "state-folder": { path: folder }, timers: realTimers() },
  });
}

function read(): Promise<SpanRecord[]> {
  return Array.fromAsync(readJournal(folder));
}

test("started, it writes every span to its folder; stopped, everything is on disk and the sink is gone", async () => {
  const host = await openHost();
  const sinks = host.contributions(LogSinks);
  const sink = sinks.get("journal");
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
  await host.close();
  expect(written).toHaveLength(5);
  expect((await read()).filter(({ source }) => source === "agents")).toEqual(written);
  expect(sinks.get("journal")).toBeUndefined();
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
