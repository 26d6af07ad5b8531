// Tokens that stop being good while somebody listens.
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exchange } from "./testing/raw-exchange.ts";
import { parseEvents, readUntil } from "./testing/read-events.ts";
import { authorization, openStage, type Stage } from "./testing/stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ closeGraceMs: 200 });
});
afterEach(() => stage[Symbol.asyncDispose]());

const delta = {
  type: "text-delta",
  conversationId: "cnv_1",
  turnId: "trn_1",
  stepId: "trn_1#0",
  text: "hello",
} as const;

function follow(bearer: string): Promise<Response> {
  return stage.request("/api/things/1/messages", {
    method: "POST",
    headers: { accept: "text/event-stream", authorization: bearer },
    body: { text: "x" },
  });
}

test("B3: a stream ends with its token, says why, and tells nothing more; another's goes on", async () => {
  const guests = await follow(`Bearer ${stage.guest.token}`);
  const own = await follow(authorization);
  expect([guests.status, own.status, stage.streams.length]).toEqual([200, 200, 2]);
  const [first, second] = stage.streams;
  first?.send(delta);
  stage.guest.leave();
  first?.send({ ...delta, text: "after the end" });
  second?.send(delta);
  second?.sink.end();
  const events = parseEvents(await readUntil(guests));
  expect(events.map(({ type }) => type)).toEqual(["text-delta", "problem"]);
  expect(JSON.parse(events[1]?.data ?? "")).toMatchObject({ status: 401, code: "unauthorized" });
  expect(parseEvents(await readUntil(own)).map(({ type }) => type)).toEqual(["text-delta", "end"]);
  expect(stage.streams.map(({ stopCount }) => stopCount())).toEqual([1, 1]);
  expect((await follow(`Bearer ${stage.guest.token}`)).status).toBe(401);
});

test("B3: the connection of one who does not read is cut when its token has ended", async () => {
  await using patient = await openStage({ closeGraceMs: 200, unsentBytesMax: 1_000_000_000 });
  const socket = connect(patient.port, "127.0.0.1");
  const body = '{"text":"x"}';
  socket.write(
    `POST /api/things/1/messages HTTP/1.1\r\nHost: 127.0.0.1:${patient.port}\r\n` +
      `Authorization: Bearer ${patient.guest.token}\r\nAccept: text/event-stream\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  socket.on("error", () => {});
  await expect.poll(() => patient.streams.length).toBe(1);
  // More than every buffer in between takes, so that the end of the stream cannot be sent.
  for (let count = 0; count < 200; count += 1)
    patient.streams[0]?.send({ ...delta, text: "x".repeat(100_000) });
  patient.guest.leave();
  expect(patient.streams[0]?.stopCount()).toBe(1);
  const [sent] = patient.calls;
  await expect.poll(() => sent?.call.signal.aborted).toBe(true);
  socket.destroy();
});

test("a token that ends while its operation runs opens no stream that stays", async () => {
  const asked = follow(`Bearer ${stage.guest.token}`);
  stage.guest.leave();
  const answer = await asked;
  if (answer.status === 200) await readUntil(answer);
  expect(stage.streams.every(({ stopCount }) => stopCount() === 1)).toBe(true);
});

test("an authenticator that breaks knows nobody, and the token is in no log", async () => {
  const headers = [`Host: 127.0.0.1:${stage.port}`, "Authorization: Bearer t0ken-that-breaks"];
  expect((await exchange(stage.port, { headers })).status).toBe(401);
  expect(JSON.stringify(stage.host.records)).toContain("An authenticator broke");
  expect(JSON.stringify(stage.host.records)).not.toContain("t0ken-that-breaks");
});
