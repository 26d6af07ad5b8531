import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { Client } from "./client.ts";
import { followTurn } from "./follow-turn.ts";

test("a stream that ends with a problem is told in the problem's own words", async () => {
  const problem = { status: 500, code: "not-followed", detail: "Read the entries." };
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`event: problem\ndata: ${JSON.stringify(problem)}\n\n`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    const client = new Client({ url: `http://127.0.0.1:${port}`, token: "t" });
    const follower = { onEvent: () => undefined, interrupted: new Promise<never>(() => undefined) };
    await expect(followTurn(client, { conversationId: "cnv_1", text: "a" }, follower)).rejects.toMatchObject({
      name: "ProblemAnswer",
      message: "Read the entries.",
      code: "not-followed",
    });
  } finally {
    server.close();
  }
});
