import { type ProviderEvent, Providers } from "@lathe/extension-kit";
import { openTestHost, plainRequest, quietContext, type TestHost } from "@lathe/extension-kit/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";

interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function open(
  environment: Readonly<Record<string, string>>,
  servers: readonly unknown[] = [],
): Promise<{ readonly host: TestHost; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const network = {
    request: async ({ url, headers }: Asked) => {
      asked.push({ url, headers });
      return { status: 500, headers: {}, body: (async function* () {})() };
    },
  };
  const host = await openTestHost({
    manifest,
    activate,
    environment,
    config: { servers },
    powers: { network },
  });
  onTestFinished(() => host.close());
  return { host, asked };
}

function names(host: TestHost): readonly string[] {
  return host
    .contributions(Providers)
    .all()
    .map(({ name }) => name);
}
async function askAll(host: TestHost): Promise<void> {
  for (const { item } of host.contributions(Providers).all()) {
    const events: ProviderEvent[] = [];
    for await (const batch of item.stream(plainRequest(), quietContext())) events.push(...batch);
    expect(events).toMatchObject([{ type: "error", failure: { kind: "server" } }]);
  }
}

describe("providers are there", () => {
  test("for the servers whose key is in the environment", async () => {
    expect(names((await open({})).host)).toEqual([]);
    expect(names((await open({ OPENAI_API_KEY: " " })).host)).toEqual([]);
    expect(names((await open({ OPENAI_API_KEY: "k1" })).host)).toEqual(["openai"]);
    const both = await open({ OPENAI_API_KEY: "k1", DEEPSEEK_API_KEY: " k2\n" });
    expect(names(both.host)).toEqual(["deepseek", "openai"]);
    await askAll(both.host);
    expect(both.asked).toMatchObject([
      { url: "https://api.deepseek.com/chat/completions", headers: { authorization: "Bearer k2" } },
      { url: "https://api.openai.com/v1/chat/completions", headers: { authorization: "Bearer k1" } },
    ]);
  });

  test("at another base URL, with the key, and without one where there is none", async () => {
    const withKey = await open({ OPENAI_API_KEY: "k1", OPENAI_BASE_URL: "https://proxy.example/v1/" });
    await askAll(withKey.host);
    expect(withKey.asked[0]).toMatchObject({
      url: "https://proxy.example/v1/chat/completions",
      headers: { authorization: "Bearer k1" },
    });
    const without = await open({ OPENAI_BASE_URL: "http://10.0.0.7:8000/v1" });
    await askAll(without.host);
    expect(without.asked.length).toBe(1);
    expect(Object.keys(without.asked[0]?.headers ?? {})).not.toContain("authorization");
  });

  test("DeepSeek elsewhere without a key only on this machine", async () => {
    expect(names((await open({ DEEPSEEK_BASE_URL: "https://proxy.example" })).host)).toEqual([]);
    expect(names((await open({ DEEPSEEK_BASE_URL: "http://127.0.0.1:9" })).host)).toEqual(["deepseek"]);
  });

  test("for each configured server that wants no key, is on this machine, or has its key", async () => {
    const { host, asked } = await open({ GROQ_API_KEY: "gk" }, [
      { id: "ollama", baseUrl: "http://localhost:11434/v1" },
      { id: "groq", baseUrl: "https://api.groq.com/openai/v1", apiKeyEnv: "GROQ_API_KEY" },
      { id: "mistral", baseUrl: "https://api.mistral.ai/v1", apiKeyEnv: "MISTRAL_API_KEY" },
      { id: "local-vllm", baseUrl: "http://127.0.0.1:8000/v1", apiKeyEnv: "CHAT_API_KEY_VLLM" },
    ]);
    expect(names(host)).toEqual(["groq", "local-vllm", "ollama"]);
    await askAll(host);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer gk", undefined, undefined]);
  });

  test("and one of the configuration takes the place of a known one", async () => {
    const { host, asked } = await open({ OPENAI_API_KEY: "k1" }, [
      { id: "openai", baseUrl: "https://mine.example/v1" },
    ]);
    expect(names(host)).toEqual(["openai"]);
    await askAll(host);
    expect(asked[0]?.url).toBe("https://mine.example/v1/chat/completions");
    expect(JSON.stringify(asked)).not.toContain("k1");
  });
});

describe("what cannot be used", () => {
  test("is left out with a sentence in the log that shows no key, and the others are there", async () => {
    const { host } = await open(
      {
        OPENAI_API_KEY: "sk-se cret",
        DEEPSEEK_API_KEY: "k2",
      },
      [{ id: "odd", baseUrl: "https://me:hunter2@odd.example" }],
    );
    expect(names(host)).toEqual(["deepseek"]);
    const text = JSON.stringify(host.records);
    expect(text).toContain("openai is left out. OPENAI_API_KEY holds characters that no key has.");
    expect(text).toContain("odd is left out.");
    expect(text).not.toMatch(/cret|hunter2/);
  });

  test("a variable that the manifest does not grant is refused by the configuration's schema", async () => {
    const opened = openTestHost({
      manifest,
      activate,
      config: { servers: [{ id: "x", baseUrl: "http://localhost", apiKeyEnv: "AWS_SECRET_ACCESS_KEY" }] },
    });
    await expect(opened).rejects.toThrow(/apiKeyEnv/);
  });
});
