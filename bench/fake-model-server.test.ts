import { createParser } from "eventsource-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFakeModelServer } from "./fake-model-server.ts";
import type { SpawnedServer } from "./harness/spawned-server.ts";

let server: SpawnedServer;
beforeAll(async () => {
  server = await startFakeModelServer();
});
afterAll(() => server.close());

const user = { role: "user", content: "Find it." };
const result = { role: "tool", tool_call_id: "call_1", content: "found" };

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}/chat/completions`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function readEvents(response: Response): Promise<readonly string[]> {
  const events: string[] = [];
  createParser({ onEvent: (event) => events.push(event.data) }).feed(await response.text());
  return events;
}

interface Chunk {
  readonly choices: readonly { readonly delta: unknown; readonly finish_reason: string | null }[];
  readonly usage?: unknown;
}

async function readChunks(response: Response): Promise<readonly Chunk[]> {
  const events = await readEvents(response);
  expect(events.at(-1)).toBe("[DONE]");
  return events.slice(0, -1).map((event) => JSON.parse(event));
}

describe("the fake model server", () => {
  test("streams the final answer, its finish reason and its usage", async () => {
    const stream_options = { include_usage: true };
    const response = await post({
      model: "fake-chunks2-bytes3",
      messages: [user],
      stream: true,
      stream_options,
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const chunks = await readChunks(response);
    expect(chunks.flatMap(({ choices }) => choices)).toMatchObject([
      { delta: { role: "assistant", content: "" }, finish_reason: null },
      { delta: { content: "000" }, finish_reason: null },
      { delta: { content: "001" }, finish_reason: null },
      { delta: {}, finish_reason: "stop" },
    ]);
    expect(chunks[4]).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 100, completion_tokens: 2, total_tokens: 102 },
    });
  });

  test("leaves the usage out where it was not asked for", async () => {
    const chunks = await readChunks(await post({ model: "fake", messages: [user] }));
    expect(chunks.filter((chunk) => chunk.usage !== undefined)).toEqual([]);
  });

  test("calls tools in parallel until the steps are done, and never repeats the id of a call", async () => {
    const model = "fake-steps2-calls2";
    const results = [result, result, result, result];
    const ids: string[] = [];
    for (const [count, reason] of [
      [0, "tool_calls"],
      [2, "tool_calls"],
      [4, "stop"],
    ] as const) {
      const text = await (await post({ model, messages: [user, ...results.slice(0, count)] })).text();
      expect(text).toContain(`"finish_reason":"${reason}"`);
      ids.push(...(text.match(/call_\w+/g) ?? []));
    }
    expect(new Set(ids).size).toBe(4);
  });

  test.each([
    "fake-chunks3-delay1-first1",
    "fake-chunks3-first1",
    "fake-chunks0-delay1",
    "fake-steps1-delay1",
  ])("sends %s at its pace with the same events as in one write", async (model) => {
    const paced = await readEvents(await post({ model, messages: [user] }));
    const whole = await readEvents(
      await post({ model: model.replace(/-(delay|first)\d/g, ""), messages: [user] }),
    );
    const withoutNames = (events: readonly string[]): readonly string[] =>
      events.map((event) => event.replace(/"model":"[^"]*"/, "").replace(/call_[^_]+/, ""));
    expect(withoutNames(paced)).toEqual(withoutNames(whole));
  });

  test("takes the model of the header before the one of the body", async () => {
    const response = await post({ model: "gpt", messages: [user] }, { "x-fake-model": "fake-chunks0" });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  test("answers with an error that names what is wrong", async () => {
    const unknown = await post({ model: "gpt", messages: [user] });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { code: "model_not_found" } });
    const broken = await post("text");
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ error: { code: "invalid_request" } });
  });

  test("lists models that it understands, and is ready", async () => {
    const { data } = (await (await fetch(`${server.url}/models`)).json()) as { data: { id: string }[] };
    expect(data.map((model) => model.id)).toContain("fake-steps10");
    expect((await fetch(new URL("/readyz", server.url))).status).toBe(200);
    expect((await fetch(`${server.url}/else`)).status).toBe(404);
  });

  test("keeps serving when a client leaves in the middle of an answer", async () => {
    const stopping = new AbortController();
    const body = JSON.stringify({ model: "fake-chunks1000-delay5", messages: [user] });
    const response = await fetch(`${server.url}/chat/completions`, {
      method: "POST",
      body,
      signal: stopping.signal,
    });
    await response.body?.getReader().read();
    stopping.abort();
    expect((await post({ model: "fake", messages: [user] })).status).toBe(200);
  });
});

test("flags give the defaults of what the model name leaves open", async () => {
  const other = await startFakeModelServer(["--steps", "1", "--tool", "find"]);
  try {
    const body = JSON.stringify({ model: "fake", messages: [user] });
    const text = await (await fetch(`${other.url}/chat/completions`, { method: "POST", body })).text();
    expect(text).toContain('"name":"find"');
  } finally {
    await other.close();
  }
});

test("a server that cannot start is an error, not a wait", async () => {
  await expect(startFakeModelServer(["--calls", "0"])).rejects.toThrow("No URL");
});

test("closing twice ends it once", async () => {
  const other = await startFakeModelServer();
  await other.close();
  await other.close();
  await expect(fetch(`${other.url}/models`)).rejects.toThrow();
});
