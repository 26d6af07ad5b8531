// Judges an adapter by what goes wrong between it and its server. F-ids name the fault cases of the project.
import { once } from "node:events";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import type { Provider, ProviderEvent, ProviderFailure } from "@lathe/kernel";
import { describe, expect, onTestFinished, test } from "vitest";
import { type CollectedAnswer, collectBatches } from "./collect-answer.ts";
import {
  chunk,
  chunkedHead,
  type FaultServer,
  head,
  openFaultServer,
  streamHead,
  writeForever,
} from "./fault-server.ts";
import { plainRequest, quietContext } from "./plain-request.ts";
import { testCapture } from "./test-capture.ts";

export interface ProviderUnderFaults {
  readonly name: string;
  /**
   * Opens a provider for the server at `origin` that sends `faultKey`, read from `keySource`, and whose clock says
   * 2026-01-01 00:00 UTC.
   */
  open(origin: string): Provider | Promise<Provider>;
  readonly keySource: string;
  /** Blocks of the stream, each with its blank line. */
  readonly stream: {
    /** What comes before any content. */
    readonly beginning: string;
    text(text: string): string;
    /** From a finished text to the terminal block. */
    readonly ending: string;
    /** An answer with one whole call, before `ending` with its reason. */
    readonly callAnswer: string;
    /** An error inside of the stream with this message, the kind of which is `overloaded`. */
    error(message: string): string;
  };
  /** Body of a refusal with this message. */
  refusal(message: string): unknown;
  /** Body of a 429 that a wait does not cure. */
  readonly spendLimit: unknown;
}

export const faultKey: string = ["sk", "fault", "0123456789abcdef"].join("-");

export function testProviderFaults(subject: ProviderUnderFaults): void {
  const { stream } = subject;
  const open = async (server: { readonly origin: string }): Promise<Provider> => subject.open(server.origin);
  const ask = (provider: Provider): Promise<CollectedAnswer> =>
    collectBatches(provider.stream(plainRequest(), quietContext()));
  const askServer = async (server: { readonly origin: string }): Promise<CollectedAnswer> =>
    ask(await open(server));
  const answerWith = (...parts: readonly (string | Uint8Array)[]): Promise<FaultServer> =>
    openFaultServer((socket) => {
      for (const part of parts) socket.write(part);
      socket.end();
    });
  const refuse = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    answerWith(head(status, { "content-type": "application/json", ...headers }), JSON.stringify(body));
  const failureOf = async (server: FaultServer): Promise<ProviderFailure> => {
    const { failure } = await askServer(server);
    if (failure === null) throw new Error("The answer did not fail.");
    return failure;
  };
  const whole = stream.beginning + stream.text("Hello, ") + stream.text("world.") + stream.ending;

  describe(`${subject.name} under faults`, () => {
    test("nothing wrong: the answer is whole, and the key went along", async () => {
      const server = await answerWith(streamHead, whole);
      const answer = await askServer(server);
      expect(answer).toMatchObject({ text: "Hello, world.", finish: { reason: "stop" }, failure: null });
      expect(server.requests.length).toBe(1);
      expect(server.requests[0]).toContain(faultKey);
    });

    describe("refusals", () => {
      test.each([
        ["3", 3_000],
        ["0.5", 500],
        ["Thu, 01 Jan 2026 00:00:07 GMT", 7_000],
        ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
        ["1000000000", 1e12],
        ["soon", null],
        ["-1", null],
        ["1e999", null],
      ])("F1: 429 with Retry-After %s waits %s ms", async (value, retryAfterMs) => {
        const server = await refuse(429, subject.refusal("Slow down."), { "retry-after": value });
        expect(await failureOf(server)).toMatchObject({
          kind: "rate-limit",
          status: 429,
          retryable: true,
          retryAfterMs,
        });
      });

      test("F1: 429 without Retry-After leaves the wait open; retry-after-ms counts when it is above 0", async () => {
        expect((await failureOf(await refuse(429, {}))).retryAfterMs).toBeNull();
        const exact = { "retry-after": "1", "retry-after-ms": "250" };
        expect((await failureOf(await refuse(429, {}, exact))).retryAfterMs).toBe(250);
        const zero = { "retry-after": "1", "retry-after-ms": "0" };
        expect((await failureOf(await refuse(429, {}, zero))).retryAfterMs).toBe(1_000);
      });

      test.each([
        [500, "server"],
        [502, "server"],
        [503, "overloaded"],
        [504, "server"],
        [520, "server"],
        [524, "server"],
        [529, "overloaded"],
        [408, "server"],
        [409, "server"],
      ])("F2: %i is %s and retryable, in JSON and as a page", async (status, kind) => {
        const server = await refuse(status, subject.refusal("Not now."));
        expect(await failureOf(server)).toMatchObject({ kind, status, retryable: true });
        const page = await answerWith(
          head(status, { "content-type": "text/html" }),
          "<h1>Bad</h1>".repeat(9_000),
        );
        const failure = await failureOf(page);
        expect(failure).toMatchObject({ kind, status, retryable: true });
        expect(failure.message).not.toContain("<h1>");
      });

      test.each([
        [400, "bad-request"],
        [402, "quota"],
        [404, "bad-request"],
        [413, "bad-request"],
        [422, "bad-request"],
      ])("%i is %s and final", async (status, kind) => {
        const server = await refuse(status, subject.refusal("No."));
        expect(await failureOf(server)).toMatchObject({ kind, status, retryable: false });
      });

      test("F2: a 429 that is a spend limit is not worth a retry", async () => {
        const server = await refuse(429, subject.spendLimit);
        expect(await failureOf(server)).toMatchObject({ kind: "quota", status: 429, retryable: false });
      });

      test.each([
        401, 403,
      ])("F11: %i is final, names where the key came from, and does not show it", async (status) => {
        const server = await refuse(status, subject.refusal(`Incorrect API key provided: ${faultKey}.`));
        const failure = await failureOf(server);
        expect(failure).toMatchObject({ kind: "auth", status, retryable: false });
        expect(failure.message).toContain(subject.keySource);
        expect(JSON.stringify(failure)).not.toContain(faultKey);
      });

      test("a context that is too long and a model that does not exist are told apart", async () => {
        const tooLong = await refuse(
          400,
          subject.refusal("prompt is too long: 210000 tokens > 200000 maximum"),
        );
        expect(await failureOf(tooLong)).toMatchObject({ kind: "context-length", retryable: false });
        const unknown = await refuse(404, subject.refusal("model: nobody/nothing"));
        expect(await failureOf(unknown)).toMatchObject({ kind: "model-not-found", retryable: false });
      });

      test("F8: a refusal without end is read up to a bound", async () => {
        const server = await openFaultServer((socket) => {
          socket.write(head(500, { "content-type": "application/json" }));
          void writeForever(socket, Buffer.alloc(65_536, "x"));
        });
        expect(await failureOf(server)).toMatchObject({ kind: "server", retryable: true });
        await server.firstClosed;
        expect(server.bytesTaken()).toBeLessThan(16 * 1_048_576);
      });
    });

    describe("connections", () => {
      test("F4: refused", async () => {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as { readonly port: number };
        server.close();
        await once(server, "close");
        const { failure } = await askServer({ origin: `http://127.0.0.1:${port}` });
        expect(failure).toMatchObject({ kind: "network", code: "refused", retryable: true, status: null });
      });

      test("F4: no such host, and a server without TLS", async () => {
        const nowhere = await askServer({ origin: "http://nowhere.invalid" });
        expect(nowhere.failure).toMatchObject({ kind: "network", retryable: true });
        const server = createServer((socket) =>
          socket.on("error", () => undefined).end("HTTP/1.1 400 No\r\n\r\n"),
        );
        server.listen(0, "127.0.0.1");
        onTestFinished(() => void server.close());
        await once(server, "listening");
        const { port } = server.address() as { readonly port: number };
        const plain = await askServer({ origin: `https://127.0.0.1:${port}` });
        expect(plain.failure).toMatchObject({ kind: "network", retryable: true });
      });

      test("F4: reset before the head and within it", async () => {
        for (const said of ["", "HTTP/1.1 200 OK\r\ncontent-ty"]) {
          const server = await openFaultServer(
            (socket) => void socket.write(said, () => socket.resetAndDestroy()),
          );
          expect(await failureOf(server)).toMatchObject({ kind: "network", retryable: true });
        }
      });

      test.each([
        301, 302, 303, 307, 308,
      ])("F10: a redirect (%i) is not followed, and the key goes nowhere else", async (status) => {
        const other = await openFaultServer((socket) => void socket.end(streamHead + whole));
        for (const location of [
          other.origin,
          "http://169.254.169.254/latest/meta-data",
          "file:///etc/passwd",
        ]) {
          const server = await answerWith(head(status, { location }));
          expect(await failureOf(server)).toMatchObject({ kind: "bad-request", status, retryable: false });
        }
        expect(other.requests).toEqual([]);
      });
    });

    describe("streams that break", () => {
      const beginning = stream.beginning + stream.text("Half of it");

      test("F5: half a stream, then the end of the connection, with and without a length", async () => {
        const closed = await askServer(await answerWith(streamHead, beginning));
        const cutOff = await askServer(await answerWith(chunkedHead, chunk(beginning)));
        for (const answer of [closed, cutOff]) {
          expect(answer).toMatchObject({ text: "Half of it", finish: null, toolCalls: [] });
          expect(answer.failure).toMatchObject({ kind: "truncated", retryable: true });
        }
      });

      test("F3, F5: a reset in the middle delivers what came before", async () => {
        const server = await openFaultServer((socket) => {
          socket.write(chunkedHead + chunk(beginning), () => setImmediate(() => socket.resetAndDestroy()));
        });
        const answer = await askServer(server);
        // What the kernel had not handed over when the reset came is lost; nothing is made up.
        expect("Half of it".startsWith(answer.text)).toBe(true);
        expect(["truncated", "network"]).toContain(answer.failure?.kind);
        expect(answer.failure?.retryable).toBe(true);
      });

      test("F5: half an event, then the end", async () => {
        const half = stream.text("never finished");
        for (const length of [3, 8, half.length - 12]) {
          const answer = await askServer(await answerWith(streamHead, beginning + half.slice(0, length)));
          expect(answer).toMatchObject({ text: "Half of it", failure: { kind: "truncated" } });
        }
      });

      test("F5: an answer of nothing, or of keep-alives alone", async () => {
        for (const body of ["", "\n\n", ": keep-alive\n\n: keep-alive\n\n"]) {
          expect(await failureOf(await answerWith(streamHead, body))).toMatchObject({
            kind: "truncated",
            retryable: true,
          });
        }
      });

      test("F5: calls of a stream that breaks off are not handed over as whole by its end", async () => {
        const half = stream.callAnswer.slice(0, stream.callAnswer.length / 2);
        const answer = await askServer(await answerWith(streamHead, half));
        expect(answer).toMatchObject({ toolCalls: [], finish: null, failure: { kind: "truncated" } });
      });

      test("an error inside of the stream ends it, keeps what came, and does not show the key", async () => {
        const server = await answerWith(
          streamHead,
          beginning + stream.error(`No room for ${faultKey}`),
          stream.ending,
        );
        const answer = await askServer(server);
        expect(answer).toMatchObject({
          text: "Half of it",
          failure: { kind: "overloaded", retryable: true },
        });
        expect(answer.failure?.message).toContain("No room for");
        expect(JSON.stringify(answer.failure)).not.toContain(faultKey);
      });

      test("F7: a slow drip of single bytes gives the same answer, and a keep-alive gives an empty batch", async () => {
        const server = await openFaultServer(async (socket) => {
          socket.write(`${streamHead}: keep-alive\n\n`);
          await new Promise((resolve) => setTimeout(resolve, 20));
          for (const byte of Buffer.from(whole)) {
            socket.write(Buffer.of(byte));
            await new Promise((resolve) => setImmediate(resolve));
          }
          socket.end();
        });
        const batches: (readonly ProviderEvent[])[] = [];
        for await (const batch of (await open(server)).stream(plainRequest(), quietContext()))
          batches.push(batch);
        expect(batches[0]).toEqual([]);
        expect(batches.flat().at(-1)?.type).toBe("finish");
        const texts = batches.flat().map((event) => (event.type === "text-delta" ? event.text : ""));
        expect(texts.join("")).toBe("Hello, world.");
      });
    });

    describe("garbage", () => {
      test.each([
        ["broken JSON", 'data: {"a": \n\n'],
        ["a JSON text that is no object", "data: [1,2]\n\n"],
        ["bytes", "\u0000\u0001\u0002\n\u0003garbage\n\n"],
        ["a page", "<!DOCTYPE html><html><body>Welcome</body></html>"],
        ["plain text", "Service temporarily unavailable\n"],
        ["a document", '{"hello":"world"}'],
        ["a list", "[]"],
      ])("F8: %s is malformed and final", async (_name, body) => {
        expect(await failureOf(await answerWith(streamHead, body))).toMatchObject({
          kind: "malformed",
          retryable: false,
        });
      });

      test("F8: random bytes end in a failure", async () => {
        const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251));
        expect((await failureOf(await answerWith(streamHead, bytes))).kind).toMatch(/malformed|truncated/);
      });

      test("F8: invalid UTF-8, split between reads, and NUL do not end the answer", async () => {
        const broken = Buffer.from(stream.text("a?b").replace("?", "\u00ff"), "latin1");
        const server = await answerWith(
          streamHead,
          stream.beginning,
          broken,
          stream.text("\u0000"),
          stream.ending,
        );
        expect((await askServer(server)).text).toBe("a\ufffdb\u0000");
      });

      test("F8: a byte order mark in front is nothing", async () => {
        expect((await askServer(await answerWith(streamHead, `\ufeff${whole}`))).text).toBe("Hello, world.");
      });

      test("F8: a gzip bomb is not unpacked", async () => {
        const bomb = gzipSync(Buffer.alloc(50_000_000));
        const server = await answerWith(head(200, { "content-encoding": "gzip" }), bomb);
        expect(await failureOf(server)).toMatchObject({ kind: "malformed", retryable: false });
      });

      test("F8: a line of more than 16 MB is given up, and the connection with it", async () => {
        const server = await openFaultServer((socket) => {
          socket.write(`${streamHead}data: {"x":"`);
          void writeForever(socket, Buffer.alloc(262_144, "x"));
        });
        const failure = await failureOf(server);
        expect(failure).toMatchObject({ kind: "malformed", retryable: false });
        await server.firstClosed;
        expect(server.bytesTaken()).toBeLessThan(40 * 1_048_576);
      });

      test("F8: a document of more than 16 MB is given up", async () => {
        const server = await openFaultServer((socket) => {
          socket.write(`${streamHead}{"x":"`);
          void writeForever(socket, Buffer.alloc(262_144, "x"));
        });
        expect(await failureOf(server)).toMatchObject({ kind: "malformed", retryable: false });
        await server.firstClosed;
        expect(server.bytesTaken()).toBeLessThan(40 * 1_048_576);
      });

      test("F8: an answer without end is given up", async () => {
        const server = await openFaultServer((socket) => {
          socket.write(streamHead + stream.beginning);
          void writeForever(socket, Buffer.from(stream.text("x".repeat(131_072))));
        });
        const { failure, text } = await askServer(server);
        expect(failure).toMatchObject({ kind: "malformed", retryable: false });
        expect(text.length).toBeLessThan(18 * 1_048_576);
        await server.firstClosed;
      });
    });

    describe("abort", () => {
      const abortedAt = async (
        server: FaultServer,
        reach: (batches: AsyncIterator<readonly ProviderEvent[]>) => Promise<unknown>,
      ): Promise<readonly ProviderEvent[]> => {
        const controller = new AbortController();
        const provider = await open(server);
        const batches = provider
          .stream(plainRequest(), quietContext(controller.signal))
          [Symbol.asyncIterator]();
        await reach(batches);
        const rest = readRest(batches);
        controller.abort();
        return rest;
      };
      const isQuiet = (events: readonly ProviderEvent[]): boolean =>
        events.every((event) => event.type !== "error" && event.type !== "finish");

      test("before it began", async () => {
        const server = await answerWith(streamHead, whole);
        const batches = (await open(server)).stream(plainRequest(), quietContext(AbortSignal.abort()));
        expect(isQuiet(await readRest(batches[Symbol.asyncIterator]()))).toBe(true);
        expect(server.requests).toEqual([]);
      });

      test("F6: while it waits for the head", async () => {
        const arrived = Promise.withResolvers<void>();
        const server = await openFaultServer(() => arrived.resolve());
        const events = await abortedAt(server, (batches) => {
          const first = batches.next();
          return Promise.race([arrived.promise, first]);
        });
        expect(isQuiet(events)).toBe(true);
        await server.firstClosed;
      });

      test("F6: in the middle of a silent stream", async () => {
        const server = await openFaultServer(
          (socket) => void socket.write(streamHead + stream.beginning + stream.text("One")),
        );
        const events = await abortedAt(server, (batches) => batches.next());
        expect(isQuiet(events)).toBe(true);
        await server.firstClosed;
      });

      test("while it reads a refusal", async () => {
        const arrived = Promise.withResolvers<void>();
        const server = await openFaultServer((socket) => {
          socket.write(`${head(500)}{`, () => arrived.resolve());
        });
        const events = await abortedAt(server, (batches) => Promise.race([arrived.promise, batches.next()]));
        expect(isQuiet(events)).toBe(true);
        await server.firstClosed;
      });

      test("leaving the stream early closes the connection", async () => {
        const server = await openFaultServer(
          (socket) => void socket.write(streamHead + stream.beginning + stream.text("One")),
        );
        for await (const _batch of (await open(server)).stream(plainRequest(), quietContext())) break;
        await server.firstClosed;
      });

      test("a server that says its end and keeps the connection open does not hold up the answer", async () => {
        const server = await openFaultServer((socket) => void socket.write(streamHead + whole));
        for await (const batch of (await open(server)).stream(plainRequest(), quietContext())) {
          if (batch.at(-1)?.type === "finish") break;
        }
        await server.firstClosed;
      });
    });

    testCapture({
      open: (origin) => subject.open(origin),
      key: faultKey,
      answer: whole,
      refusal: JSON.stringify(subject.refusal("Slow down.")),
    });

    describe("the list of models", () => {
      test("fails with the same failures", async () => {
        for (const [status, kind] of [
          [401, "auth"],
          [429, "rate-limit"],
          [500, "server"],
        ] as const) {
          const provider = await open(await refuse(status, subject.refusal(`No: ${faultKey}`)));
          const listed = provider.models(quietContext());
          await expect(listed).rejects.toMatchObject({ code: "provider-failed", failure: { kind, status } });
          await expect(listed).rejects.toMatchObject({ message: expect.not.stringContaining(faultKey) });
        }
      });

      test("is malformed where it is no list, and a redirect is not followed", async () => {
        const page = (await open(await answerWith(head(200), "<html>"))).models(quietContext());
        await expect(page).rejects.toMatchObject({ failure: { kind: "malformed" } });
        const other = await openFaultServer(() => undefined);
        const moved = (await open(await answerWith(head(302, { location: other.origin })))).models(
          quietContext(),
        );
        await expect(moved).rejects.toMatchObject({ failure: { kind: "bad-request", status: 302 } });
        expect(other.requests).toEqual([]);
      });

      test("leaves out entries that it cannot read", async () => {
        const list = { data: [{ id: "one" }, null, 7, { no: "id" }, { id: "two" }] };
        const models = await (await open(await answerWith(head(200), JSON.stringify(list)))).models(
          quietContext(),
        );
        expect(models.map(({ id }) => id)).toEqual(["one", "two"]);
      });
    });
  });
}

async function readRest(batches: AsyncIterator<readonly ProviderEvent[]>): Promise<readonly ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  for (let next = await batches.next(); next.done !== true; next = await batches.next())
    events.push(...next.value);
  return events;
}
