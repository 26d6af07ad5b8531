import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "@lathe/client";
import { expect, test } from "vitest";
import { FollowedTurn } from "./follow-turn.ts";

test("a stream that ends with a problem is told in the problem's own words", async () => {
  const problem = { status: 410, code: "run-log-deleted", detail: "It was deleted." };
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
    response.end(`event: problem\ndata: ${JSON.stringify(problem)}\n\n`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    using client = connect({ url: `http://127.0.0.1:${port}`, token: "t" });
    const follower = { onEvent: () => undefined, interrupted: new Promise<never>(() => undefined) };
    const turn = new FollowedTurn({ conversationId: "cnv_1", text: "a" }, follower);
    await expect(turn.follow(client)).rejects.toMatchObject({
      name: "LatheProblem",
      message: "It was deleted.",
      code: "run-log-deleted",
    });
  } finally {
    server.close();
  }
});
