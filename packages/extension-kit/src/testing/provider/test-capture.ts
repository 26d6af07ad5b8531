// Judges what an adapter hands over of its calls: what went over the wire, byte for byte, and nothing of the headers.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Body, Message, ModelCallCapture, Provider } from "@lathe/kernel";
import { describe, expect, onTestFinished, test } from "vitest";
import { collectBatches } from "./collect-answer.ts";
import { plainRequest, quietContext } from "./plain-request.ts";

export interface CapturedProvider {
  open(origin: string): Provider | Promise<Provider>;
  /** Sent by the provider with each request, in a header. */
  readonly key: string;
  /** A whole answer. */
  readonly answer: string;
  /** The body of a refusal. */
  readonly refusal: string;
}

export function testCapture(subject: CapturedProvider): void {
  describe("T4: what is captured", () => {
    test("is each request as the server got it, and its answer as the server sent it", async () => {
      const server = await openServer(200, subject.answer);
      const provider = await subject.open(server.origin);
      const captures: KeptCapture[] = [];
      const messages: Message[] = [];
      for (const text of ["Hello", "é😀 again", "and \u2028 more"]) {
        messages.push(userMessage(text), assistantMessage(text));
        const capture = new KeptCapture();
        captures.push(capture);
        const request = plainRequest({ messages, tools });
        await collectBatches(provider.stream(request, { ...quietContext(), capture }));
      }
      expect(captures.map(({ requestText }) => requestText)).toEqual(server.bodies);
      expect(captures.map(({ responseText }) => responseText)).toEqual(Array(3).fill(subject.answer));
      const [first, ...others] = captures.map(({ body }) => body?.items);
      for (const items of others) expect(items).toBe(first);
    });

    test("is the same for a refusal, and for an answer that breaks off", async () => {
      const half = subject.answer.slice(0, subject.answer.length / 2);
      for (const [status, text] of [
        [429, subject.refusal],
        [200, half],
      ] as const) {
        const server = await openServer(status, text);
        const capture = new KeptCapture();
        const provider = await subject.open(server.origin);
        await collectBatches(provider.stream(plainRequest(), { ...quietContext(), capture }));
        expect([capture.requestText]).toEqual(server.bodies);
        expect(capture.responseText).toBe(text);
      }
    });

    test("holds no header", async () => {
      const server = await openServer(200, subject.answer);
      const capture = new KeptCapture();
      const provider = await subject.open(server.origin);
      await collectBatches(provider.stream(plainRequest(), { ...quietContext(), capture }));
      expect(server.headers[0]).toContain(subject.key);
      expect(capture.requestText + capture.responseText).not.toContain(subject.key);
    });

    test("is the request alone where nobody answers", async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => server.close(resolve));
      const capture = new KeptCapture();
      const provider = await subject.open(`http://127.0.0.1:${port}`);
      await collectBatches(provider.stream(plainRequest(), { ...quietContext(), capture }));
      expect(JSON.parse(capture.requestText)).toHaveProperty("messages");
      expect(capture.responseText).toBe("");
    });
  });
}

const tools = [{ name: "look", description: "Looks at something.", parameters: { type: "object" } }];

class KeptCapture implements ModelCallCapture {
  body: Body | undefined;
  readonly #pieces: Uint8Array[] = [];

  request(body: Body): void {
    expect(this.body, "a request is handed over once").toBeUndefined();
    this.body = body;
  }

  response(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
  }

  get requestText(): string {
    if (this.body === undefined) return "";
    const { head, items, itemCount, tail } = this.body;
    return [head, ...items.slice(0, itemCount), tail].join("");
  }

  get responseText(): string {
    return Buffer.concat(this.#pieces).toString();
  }
}

interface KeepingServer {
  readonly origin: string;
  readonly bodies: readonly string[];
  /** As JSON. */
  readonly headers: readonly string[];
}

/** Answers each request with the same text, in several pieces. */
async function openServer(status: number, text: string): Promise<KeepingServer> {
  const bodies: string[] = [];
  const headers: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(Buffer.concat(chunks).toString());
    headers.push(JSON.stringify(request.headers));
    response.writeHead(status, { "content-type": "text/event-stream" });
    for (let at = 0; at < text.length; at += 100) {
      response.write(text.slice(at, at + 100));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, headers };
}

function userMessage(text: string): Message {
  return { role: "user", content: [{ type: "text", text }] };
}

function assistantMessage(text: string): Message {
  return { role: "assistant", provider: "another", model: "m", content: [{ type: "text", text }] };
}
