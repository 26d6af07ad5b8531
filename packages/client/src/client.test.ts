import type { Conversation } from "@lathe/kernel";
import { ProblemError } from "@lathe/wire";
import {
  conversationsDelete,
  conversationsEntries,
  conversationsGet,
  conversationsSend,
  extensionsList,
  modelsList,
} from "@lathe/wire/operations";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { connect } from "./client.ts";
import { platformPowers } from "./powers.ts";
import { CuttingProxy } from "./testing/cutting-proxy.ts";
import { token } from "./testing/serve-socket.ts";
import { sendProblem, TestDaemon } from "./testing/test-daemon.ts";

const message = { id: "cnv_1", text: "Hi." };

describe("over http", () => {
  test("an operation is called as its declaration says, with the token in the header and nowhere else", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: `${daemon.url}/`, token });
    const answer = await client.call(conversationsSend, message, { idempotencyKey: "once" });
    expect(answer).toEqual({ name: "POST /api/conversations/cnv_1/messages", input: { text: "Hi." } });
    await client.call(conversationsEntries, { id: "cnv_1", sinceSeq: 4 });
    await client.call(modelsList);
    expect(daemon.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /api/conversations/cnv_1/messages",
      "GET /api/conversations/cnv_1/entries?sinceSeq=4",
      "GET /api/models",
    ]);
    expect(daemon.seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "idempotency-key": "once",
    });
    expect(JSON.stringify(daemon.seen.map(({ url, body }) => [url, body]))).not.toContain(token);
  });

  test("an answer without content is null", async () => {
    await using daemon = await TestDaemon.open();
    daemon.answer = (_incoming, outgoing) => outgoing.writeHead(204).end();
    using client = connect({ url: daemon.url, token });
    expect(await client.call(conversationsDelete, { id: "cnv_1" })).toBeNull();
  });

  test("without a token none is sent", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url });
    await expect(client.call(modelsList)).rejects.toMatchObject({ status: 401, code: "unauthorized" });
    expect(daemon.seen[0]?.headers.authorization).toBeUndefined();
  });

  test("a problem is thrown with everything that it says", async () => {
    await using daemon = await TestDaemon.open();
    const errors = [{ field: "text", message: "The text is empty." }];
    const problem = new ProblemError(400, "invalid-input", "The input is not valid.", { errors }).toProblem();
    daemon.answer = (_incoming, outgoing) => sendProblem(outgoing, problem, { "retry-after": "2" });
    using client = connect({ url: daemon.url, token });
    await expect(client.call(conversationsSend, message)).rejects.toMatchObject({
      name: "LatheProblem",
      message: "The input is not valid.",
      status: 400,
      code: "invalid-input",
      title: "invalid input",
      errors,
      retryAfterMs: 2_000,
    });
  });

  test.each([
    [502, "<html>Bad gateway</html>"],
    [404, ""],
    [500, "null"],
    [503, '{"code":7}'],
  ])("what a proxy answers in the daemon's place is told as such: %d", async (status, body) => {
    await using daemon = await TestDaemon.open();
    daemon.answer = (_incoming, outgoing) => outgoing.writeHead(status, { "retry-after": "soon" }).end(body);
    using client = connect({ url: daemon.url, token });
    await expect(client.call(modelsList)).rejects.toMatchObject({
      status,
      code: "unknown",
      retryAfterMs: null,
    });
  });

  test("a page in place of an answer is no answer", async () => {
    await using daemon = await TestDaemon.open();
    daemon.answer = (_incoming, outgoing) => outgoing.writeHead(200).end("<html>Sign in</html>");
    using client = connect({ url: daemon.url, token });
    await expect(client.call(modelsList)).rejects.toMatchObject({
      name: "ConnectionError",
      code: "not-lathe",
    });
  });

  test("a redirect is not followed, so that the token goes nowhere else", async () => {
    await using daemon = await TestDaemon.open();
    await using other = await TestDaemon.open();
    daemon.answer = (_incoming, outgoing) => outgoing.writeHead(307, { location: other.url }).end();
    using client = connect({ url: daemon.url, token });
    await expect(client.call(modelsList)).rejects.toMatchObject({ code: "unreachable" });
    expect(other.seen).toEqual([]);
  });

  test("where nobody listens nothing can have happened; where the connection broke it can, but for what only reads", async () => {
    await using daemon = await TestDaemon.open();
    await using proxy = await CuttingProxy.open(daemon.port, [20, 20]);
    using broken = connect({ url: proxy.url, token });
    await expect(broken.call(conversationsSend, message)).rejects.toMatchObject({ mayHaveHappened: true });
    await expect(broken.call(modelsList)).rejects.toMatchObject({ mayHaveHappened: false });
    using client = connect({ url: daemon.url, token });
    await daemon.stop();
    await expect(client.call(conversationsSend, message)).rejects.toMatchObject({
      name: "ConnectionError",
      code: "unreachable",
      mayHaveHappened: false,
      message: expect.stringMatching(/ECONNREFUSED.*lathe doctor/),
    });
  });

  test("an answer that breaks off in the middle is told as a lost connection", async () => {
    await using daemon = await TestDaemon.open();
    daemon.answer = (_incoming, outgoing) => {
      outgoing.writeHead(200, { "content-length": "100" });
      outgoing.write("{", () => outgoing.destroy());
    };
    using client = connect({ url: daemon.url, token });
    const call = client.call(conversationsSend, message);
    await expect(call).rejects.toMatchObject({ code: "dropped", mayHaveHappened: true });
  });
});

describe("over a websocket", () => {
  test("everything goes over one socket, behind one hello with the token", async () => {
    await using daemon = await TestDaemon.open();
    using client = connect({ url: daemon.url, token, transport: "websocket" });
    const answers = await Promise.all([
      client.call(conversationsSend, message, { idempotencyKey: "once" }),
      client.call(modelsList),
    ]);
    expect(answers).toEqual([
      { name: "conversations.send", input: message },
      { name: "models.list", input: {} },
    ]);
    expect(daemon.rules.frames).toEqual([
      { type: "hello", protocol: "0.1.0", token },
      { type: "request", id: "1", operation: "conversations.send", input: message, idempotencyKey: "once" },
      { type: "request", id: "2", operation: "models.list", input: {} },
    ]);
    expect([daemon.rules.acceptedCount, daemon.seen, daemon.rules.broken]).toEqual([1, [], []]);
    expect(daemon.upgrades.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ["/api/socket", `Bearer ${token}`],
    ]);
  });

  test("a page, which cannot send headers, says who it is in the hello alone", async () => {
    await using daemon = await TestDaemon.open();
    // A browser sends where the page is from, and nothing that the page would have it send.
    const openSocket = (url: string) => new WebSocket(url, { headers: { origin: daemon.url } } as never);
    using client = connect({ url: daemon.url, token, transport: "websocket", powers: { openSocket } });
    expect(await client.call(modelsList)).toMatchObject({ name: "models.list" });
    expect(daemon.upgrades[0]?.headers.authorization).toBeUndefined();
  });

  test("the platform's class is asked again without headers where it refuses them", () => {
    const asked: unknown[][] = [];
    class BrowserSocket {
      constructor(...parts: unknown[]) {
        asked.push(parts);
        if (parts.length > 1) throw new SyntaxError("The subprotocol '[object Object]' is invalid.");
      }
    }
    vi.stubGlobal("WebSocket", BrowserSocket);
    platformPowers.openSocket("ws://daemon", { authorization: "Bearer x" });
    vi.unstubAllGlobals();
    expect(asked).toEqual([["ws://daemon", { headers: { authorization: "Bearer x" } }], ["ws://daemon"]]);
  });

  test("a problem is thrown as over http", async () => {
    await using daemon = await TestDaemon.open();
    daemon.refusal = new ProblemError(422, "no-model", "There is no model.").toProblem();
    using client = connect({ url: daemon.url, token, transport: "websocket" });
    const call = client.call(conversationsSend, message);
    await expect(call).rejects.toMatchObject({ name: "LatheProblem", status: 422, code: "no-model" });
  });

  test("a call whose answer never came may have happened; one that found nobody has not", async () => {
    await using daemon = await TestDaemon.open();
    daemon.rules.withhold = ({ type }) => type === "response";
    using client = connect({ url: daemon.url, token, transport: "websocket" });
    const call = client.call(conversationsSend, message);
    await expect.poll(() => daemon.rules.frames.length).toBe(2);
    const lost = expect(call).rejects.toMatchObject({ code: "dropped", mayHaveHappened: true });
    await daemon.stop();
    await lost;
    await expect(client.call(conversationsSend, message)).rejects.toMatchObject({
      code: "unreachable",
      mayHaveHappened: false,
    });
  });

  test("what is too large for a frame goes over http", async () => {
    await using daemon = await TestDaemon.open();
    daemon.rules.frameBytesMax = 1_000;
    using client = connect({ url: daemon.url, token, transport: "websocket" });
    const text = "ä".repeat(500);
    expect(await client.call(conversationsSend, { id: "cnv_1", text })).toMatchObject({ input: { text } });
    expect([daemon.seen.length, daemon.rules.frames.length]).toEqual([1, 1]);
  });

  test("an abort ends the waiting, and the answer that comes later is nobody's", async () => {
    await using daemon = await TestDaemon.open();
    const withheld: string[] = [];
    daemon.rules.withhold = (frame) => frame.type === "response" && withheld.push(frame.id) === 1;
    using client = connect({ url: daemon.url, token, transport: "websocket" });
    const leaving = new AbortController();
    const call = client.call(conversationsSend, message, { signal: leaving.signal });
    await expect.poll(() => withheld).toEqual(["1"]);
    leaving.abort(new Error("Enough."));
    await expect(call).rejects.toThrow("Enough.");
    expect(await client.call(modelsList)).toMatchObject({ name: "models.list" });
  });
});

test("answers have the types of the declarations, and inputs are checked against them", async () => {
  await using daemon = await TestDaemon.open();
  using client = connect({ url: daemon.url, token });
  expectTypeOf(await client.call(conversationsGet, { id: "cnv_1" })).toEqualTypeOf<Conversation>();
  expectTypeOf(client.call(extensionsList)).resolves.toHaveProperty("items");
  // @ts-expect-error a message must have a text
  await client.call(conversationsSend, { id: "cnv_1" });
  // @ts-expect-error there is no such field
  await client.call(conversationsGet, { id: "cnv_1", idd: 1 });
});
