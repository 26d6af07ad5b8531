import {
  createMemoryConversations,
  fakeService,
  openMemoryStorage,
  openTestHost,
  realTimers,
} from "@lathe/extension-kit/testing";
import {
  ConversationsService,
  createLogger,
  LogSinks,
  type Redaction,
  RedactionService,
  StorageService,
} from "@lathe/kernel";
import { Operations } from "@lathe/wire";
import { tracesBody, tracesGet } from "@lathe/wire/operations";
import { expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";
import { playTurn, textBody } from "./testing/play-turn.ts";
import { admin } from "./testing/stage.ts";

const call = { principal: admin, signal: new AbortController().signal };

test("started, it keeps turns; stopped, everything is stored and nothing of it is left; started again, it is read", async () => {
  const memory = openMemoryStorage();
  const storage = fakeService(StorageService, memory.namespace("trace-store"));
  const open = () =>
    openTestHost({ manifest, activate, services: [storage], powers: { timers: realTimers() } });
  const host = await open();
  const sinks = host.contributions(LogSinks);
  const operations = host.contributions(Operations);
  const sink = sinks.get("traces");
  if (sink === undefined) throw new Error("The sink was not contributed.");
  let count = 0;
  const logger = createLogger("agents", {
    sink,
    nowMs: () => ++count,
    monotonicMs: () => ++count,
    newTraceId: () => "a".repeat(32),
    newSpanId: () => String(++count).padStart(16, "0"),
  });
  playTurn(logger, { turnId: "trn_1", conversationId: "cnv_1", steps: [{}] });
  expect(operations.all().map(({ name }) => name)).toEqual([...manifest.contributes.operations].sort());
  await host.close();
  expect(sinks.get("traces")).toBeUndefined();
  expect(operations.all()).toEqual([]);

  await using again = await open();
  const trace = await again.contributions(Operations).get(tracesGet.name)?.run({ turnId: "trn_1" }, call);
  expect(trace.spans.map(({ name }: { name: string }) => name)).toEqual([
    "turn",
    "step",
    "prompt",
    "provider-request",
  ]);
});

test("H1s: with a redaction, no secret of a body reaches the store", async () => {
  const memory = openMemoryStorage();
  const text = (value: string): string => value.replaceAll("canary", "[redacted:test]");
  const redaction = { text } as Redaction;
  const services = [
    fakeService(StorageService, memory.namespace("trace-store")),
    fakeService(RedactionService, redaction),
    fakeService(ConversationsService, createMemoryConversations(memory.namespace("conversations"))),
  ];
  await using host = await openTestHost({ manifest, activate, services, powers: { timers: realTimers() } });
  const sink = host.contributions(LogSinks).get("traces");
  const at = { source: "agents", traceId: "t", spanId: "s", atMs: 1 };
  sink?.writeBody?.({ ...at, name: "output", body: textBody("a canary in it") });
  const operation = host.contributions(Operations).get(tracesBody.name);
  const body = await operation?.run(
    { turnId: "t", spanId: "s", name: "output", from: 0, lengthMax: 99 },
    call,
  );
  expect(body.text).toBe("a [redacted:test] in it");
  const rows = await memory.namespace("trace-store").list({ prefix: [], limit: 1_000 });
  expect(JSON.stringify(rows)).not.toContain("canary");
});
