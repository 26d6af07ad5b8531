// F13s, T6, T8: what can be asked of traces on a running daemon, and how they are taken away.
import type { Page, ToolCallTrace, TraceStatus, TurnTrace } from "@lathe/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chatCallAnswer } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { Stage } from "../testing/stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.close());

function traceOf(daemon: DaemonProcess, turnId: string): Promise<TurnTrace> {
  return daemon.client.call("GET", `/api/traces/${turnId}`);
}

test("F13s: filters are values, and what is no filter is refused by its name", async () => {
  const daemon = await stage.start();
  const conversation = await stage.begin(daemon);
  stage.server.next({
    pieces: chatCallAnswer({ id: "call_1", name: "run_command", argumentsText: '{"command":"true"}' }),
  });
  await conversation.ask("Work.");
  const list = (query: string): Promise<Page<ToolCallTrace>> =>
    daemon.client.call("GET", `/api/traces?${query}`);
  for (const tool of ["run_command') OR 1=1 --", "run.command", "__proto__", "*", "run_comman"])
    expect((await list(`tool=${encodeURIComponent(tool)}`)).items).toEqual([]);
  expect((await list("tool=run_command&minDurationMs=0")).items).toHaveLength(1);
  for (const query of [
    "owner=local",
    "attributes.tool=x",
    "__proto__=1",
    "tool=a&tool=b",
    "outcome=done",
    "minDurationMs=many",
    "minDurationMs=-1",
    "order=fastest",
    "limit=0",
    "cursor=7",
    "tool=",
  ])
    await expect(list(query), query).rejects.toMatchObject({ status: 400 });
});

test("T6, T8: the status tells what is kept, a prune takes it away, and the conversation is untouched", async () => {
  const daemon = await stage.start();
  const conversation = await stage.begin(daemon);
  const { turnId } = await conversation.ask("Hello.");
  await traceOf(daemon, turnId);
  const status = await daemon.client.call<TraceStatus>("GET", "/api/traces/status");
  expect(status).toMatchObject({
    generationCount: 1,
    droppedCount: 0,
    dropped: { queueFull: 0, tooLarge: 0, notSerializable: 0, notWritten: 0 },
  });
  expect(status.spanCount).toBeGreaterThanOrEqual(4);
  const pruned = await daemon.client.call("POST", "/api/traces/prune", { ageMsMax: 0 });
  expect(pruned).toMatchObject({ generationCount: 1 });
  await expect(traceOf(daemon, turnId)).rejects.toMatchObject({ status: 404, code: "unknown-trace" });
  await stage.expectGoesOn(conversation);
});
