import { type ProviderEvent, Providers } from "@lathe/extension-kit";
import { openTestHost, plainRequest, quietContext, type TestHost } from "@lathe/extension-kit/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";

interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

async function open(
  environment: Readonly<Record<string, string>>,
  config: object = {},
): Promise<{ readonly host: TestHost; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const network = {
    request: async (request: Asked) => {
      asked.push(request);
      const list = { data: [{ id: "small", max_input_tokens: 200_000, max_tokens: 4_096 }, { id: "large" }] };
      const isList = request.url.includes("/models");
      const body = (async function* () {
        if (isList) yield Buffer.from(JSON.stringify(list));
      })();
      return { status: isList ? 200 : 500, headers: {}, body };
    },
  };
  const host = await openTestHost({ manifest, activate, environment, config, powers: { network } });
  onTestFinished(() => host.close());
  return { host, asked };
}

function names(host: TestHost): readonly string[] {
  return host
    .contributions(Providers)
    .all()
    .map(({ name }) => name);
}
async function ask(host: TestHost, model: string): Promise<void> {
  const events: ProviderEvent[] = [];
  const provider = host.contributions(Providers).get("anthropic");
  if (provider === undefined) throw new Error("There is no provider.");
  const request = plainRequest({ model });
  for await (const batch of provider.stream(request, quietContext())) events.push(...batch);
  expect(events).toMatchObject([{ type: "error", failure: { kind: "server" } }]);
}
function outputTokensMax({ body }: Asked): unknown {
  return JSON.parse(Buffer.from(body ?? []).toString()).max_tokens;
}

describe("the provider is there", () => {
  test("where its key is in the environment", async () => {
    expect(names((await open({})).host)).toEqual([]);
    const { host, asked } = await open({ ANTHROPIC_API_KEY: " k1\n" });
    expect(names(host)).toEqual(["anthropic"]);
    await ask(host, "m");
    expect(asked[0]).toMatchObject({
      url: "https://api.anthropic.com/v1/messages",
      headers: { "x-api-key": "k1", "anthropic-version": "2023-06-01" },
    });
  });

  test("at another base URL, without a key only on this machine", async () => {
    expect(names((await open({ ANTHROPIC_BASE_URL: "https://proxy.example" })).host)).toEqual([]);
    const { host, asked } = await open({ ANTHROPIC_BASE_URL: "http://127.0.0.1:9/anthropic/" });
    await ask(host, "m");
    expect(asked[0]?.url).toBe("http://127.0.0.1:9/anthropic/v1/messages");
    expect(Object.keys(asked[0]?.headers ?? {})).not.toContain("x-api-key");
  });

  test("but not where the base URL or the key cannot be used, and the log says why without showing it", async () => {
    const odd = await open({ ANTHROPIC_API_KEY: "k1", ANTHROPIC_BASE_URL: "https://me:hunter2@a.example" });
    const broken = await open({ ANTHROPIC_API_KEY: "sk se" });
    for (const { host } of [odd, broken]) {
      expect(names(host)).toEqual([]);
      expect(JSON.stringify(host.records)).toContain("anthropic is left out.");
      expect(JSON.stringify(host.records)).not.toMatch(/hunter2|sk se/);
    }
  });
});

test("the length of an answer is what was configured, and no more than the server's list says", async () => {
  const { host, asked } = await open({ ANTHROPIC_API_KEY: "k1" }, { outputTokensMaxByModel: { mine: 77 } });
  await ask(host, "small");
  const models = await host.contributions(Providers).get("anthropic")?.models(quietContext());
  expect(models).toEqual([
    { id: "small", contextTokens: 200_000, outputTokensMax: 4_096 },
    { id: "large", contextTokens: null, outputTokensMax: null },
  ]);
  for (const model of ["small", "large", "mine"]) await ask(host, model);
  const posts = asked.filter(({ body }) => body !== undefined);
  expect(posts.map(outputTokensMax)).toEqual([32_000, 4_096, 32_000, 77]);
});
