import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { NetworkError } from "@lathe/kernel";
import { expect, onTestFinished, test } from "vitest";
import { testNetwork } from "./test-network.ts";

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const post = (url: string, signal: AbortSignal = new AbortController().signal) =>
  testNetwork().request({ method: "POST", url, headers: { "x-a": "1" }, body: "hello", signal });

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("a request and its answer arrive as they were sent", async () => {
  const url = await listen(async (request, response) => {
    response.setHeader("X-Two", ["a", "b"]);
    response.end(`${request.method} ${request.headers["x-a"]} ${await textOf(request)}`);
  });
  const answer = await post(url);
  expect(answer.status).toBe(200);
  expect(answer.headers["x-two"]).toBe("a, b");
  expect(await textOf(answer.body)).toBe("POST 1 hello");
});

test("a redirect is an answer like any other", async () => {
  const url = await listen((_request, response) => {
    response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
  });
  expect((await post(url)).status).toBe(302);
});

test("what goes wrong has its code, and names the host without the query", async () => {
  const refused: unknown = await post("http://127.0.0.1:1/?key=secret").catch((failure: unknown) => failure);
  expect(refused).toBeInstanceOf(NetworkError);
  expect(refused).toMatchObject({ code: "refused", message: "The request to 127.0.0.1:1 failed (refused)." });
  await expect(post("nowhere")).rejects.toMatchObject({ code: "invalid-url" });
  await expect(post("http://127.0.0.1:1", AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
});

test("a connection that breaks in the body is a NetworkError from the body", async () => {
  const url = await listen((_request, response) => {
    response.write("half");
    setImmediate(() => response.destroy());
  });
  const answer = await post(url);
  await expect(textOf(answer.body)).rejects.toMatchObject({ code: "reset" });
});

test("ending the body early closes the connection, and so does an abort", async () => {
  const closed: Promise<void>[] = [];
  const url = await listen((_request, response) => {
    closed.push(new Promise((resolve) => response.once("close", () => resolve())));
    response.write("some");
  });
  for await (const _chunk of (await post(url)).body) break;
  const controller = new AbortController();
  const answer = await post(url, controller.signal);
  controller.abort();
  await expect(textOf(answer.body)).rejects.toMatchObject({ code: "aborted" });
  await Promise.all(closed);
  expect(closed).toHaveLength(2);
});
