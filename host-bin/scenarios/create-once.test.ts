// Conversations that are asked for by name, on a real daemon: whatever way the request comes, and however often, it is one.
import { connect, LatheProblem } from "@lathe/client";
import { conversationsCreate, conversationsList } from "@lathe/wire/operations";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DaemonProcess, killDaemonProcess } from "../testing/daemon-process.ts";
import { Stage } from "../testing/stage.ts";

const transports = ["http", "websocket"] as const;

let stage: Stage;
let daemon: DaemonProcess;
beforeEach(async () => {
  stage = await Stage.open();
  daemon = await stage.start();
});
afterEach(() => stage.close());

async function begin(transport: (typeof transports)[number], title: string, idempotencyKey: string) {
  using client = connect({ url: daemon.url, token: daemon.token, transport });
  return await client.call(conversationsCreate, { cwd: stage.workFolder, title }, { idempotencyKey });
}

async function listedIds(): Promise<readonly string[]> {
  using client = connect({ url: daemon.url, token: daemon.token });
  return (await client.call(conversationsList, {})).items.map(({ id }) => id);
}

test("one key is one conversation, over HTTP and over a WebSocket, before and after a crash", async () => {
  const both = await Promise.all(transports.map((transport) => begin(transport, "Plans", "key-1")));
  await killDaemonProcess(daemon);
  daemon = await stage.start();
  const again = [];
  for (const transport of transports) again.push(await begin(transport, "Plans", "key-1"));
  expect(new Set([...both, ...again].map(({ id }) => id))).toEqual(new Set(await listedIds()));
  expect(await listedIds()).toHaveLength(1);
});

test.each(transports)("a key that stands for another request is refused over %s", async (transport) => {
  const { id } = await begin(transport, "Plans", "key-1");
  const failure: unknown = await begin(transport, "Other plans", "key-1").catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(LatheProblem);
  expect(failure).toMatchObject({ status: 422, code: "idempotency-key-reused" });
  expect(await listedIds()).toEqual([id]);
});

test("the description of the API names the key", async () => {
  const headers = { authorization: `Bearer ${daemon.token}` };
  const answer = await fetch(new URL("/api/openapi.json", daemon.url), { headers });
  const { paths } = (await answer.json()) as { paths: Record<string, { post?: { parameters?: object[] } }> };
  expect(paths["/api/conversations"]?.post?.parameters).toContainEqual(
    expect.objectContaining({ name: "Idempotency-Key", in: "header" }),
  );
});
