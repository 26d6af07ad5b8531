import { ProblemError } from "@lathe/wire";
import { conversationsStream } from "@lathe/wire/operations";
import { describe, expect, test } from "vitest";
import { connect } from "./client.ts";
import type { LossListener } from "./resume/loss-listener.ts";
import { entry } from "./testing/collect.ts";
import { token } from "./testing/serve-socket.ts";
import { TestDaemon } from "./testing/test-daemon.ts";

const id = "cnv_1";
// No attempt takes long, so that none passes for a stream that stood.
const quick = { token, backoff: { baseMs: 2, maxMs: 5 }, powers: { nowMs: () => 0 } };
const pass: LossListener = (failure) => {
  throw failure;
};

describe.each(["http", "websocket"] as const)("over %s", (transport) => {
  test("failures are told with their number in a row, and whoever has heard enough ends the stream", async () => {
    await using daemon = await TestDaemon.open();
    const counts: number[] = [];
    const onLoss: LossListener = async (failure, failureCount) => {
      expect(failure).toMatchObject({ name: "ConnectionError" });
      counts.push(failureCount);
      if (failureCount === 4) throw new Error("Enough.");
    };
    using client = connect({ ...quick, url: daemon.url, transport, onLoss });
    daemon.log.publish(entry(1));
    const events = client.follow(conversationsStream, { id });
    await events.next();
    await daemon.stop();
    await expect(events.next()).rejects.toThrow("Enough.");
    // That a socket is gone is the first loss, and nothing that has failed.
    expect(counts).toEqual(transport === "http" ? [1, 2, 3, 4] : [2, 3, 4]);
    expect(client.state.value).toEqual({ kind: "idle" });
  });

  test("a refusal that could heal is told as it is, and a watch ends with what was thrown", async () => {
    await using daemon = await TestDaemon.open();
    daemon.refusal = new ProblemError(503, "draining", "The daemon is shutting down.").toProblem();
    using client = connect({ ...quick, url: daemon.url, transport, onLoss: pass });
    for (const watch of [client.watch(id), client.watch(id, { tail: 10 })]) {
      const stop = watch.subscribe(() => undefined);
      await expect.poll(() => watch.failure).toMatchObject({ name: "LatheProblem", code: "draining" });
      stop();
    }
  });

  test("where nobody listens the failure says so", async () => {
    await using daemon = await TestDaemon.open();
    await daemon.stop();
    using client = connect({ ...quick, url: daemon.url, transport, onLoss: pass });
    await expect(client.follow(conversationsStream, { id }).next()).rejects.toMatchObject({
      code: "unreachable",
      mayHaveHappened: false,
    });
  });
});

test("over http, a loss that its listener lets pass is healed, and the next one is a first one again", async () => {
  await using daemon = await TestDaemon.open();
  const counts: number[] = [];
  const onLoss: LossListener = (_failure, failureCount) => void counts.push(failureCount);
  using client = connect({ ...quick, url: daemon.url, onLoss });
  const events = client.follow(conversationsStream, { id });
  daemon.log.publish(entry(1));
  await events.next();
  for (const seq of [2, 3]) {
    daemon.cutAll();
    daemon.log.publish(entry(seq));
    expect((await events.next()).value).toEqual(entry(seq));
  }
  expect(counts).toEqual([1, 1]);
});
