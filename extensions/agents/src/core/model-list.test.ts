import { fakeTimers } from "@lathe/extension-kit/testing";
import { type ModelInfo, type Provider, ProviderError } from "@lathe/kernel";
import { expect, test } from "vitest";
import { contributionsOf } from "../testing/stage.ts";
import { listModels } from "./model-list.ts";

const small: ModelInfo = { id: "small", contextTokens: 8_000, outputTokensMax: null };

function providerOf(models: Provider["models"]): Provider {
  return { id: "p", models, stream: () => ({}) as never };
}

function question(providers: Readonly<Record<string, Provider>>) {
  const timers = fakeTimers();
  const caller = new AbortController();
  const asked = {
    providers: contributionsOf(providers),
    timers,
    timeoutMs: 5_000,
    signal: caller.signal,
  };
  return { timers, caller, asked };
}

test("the models of every provider are named as provider and model", async () => {
  const { asked, timers } = question({
    one: providerOf(async () => [small, { ...small, id: "org/large" }]),
    two: providerOf(async () => []),
  });
  expect(await listModels(asked)).toEqual({
    items: [
      { id: "one/small", provider: "one", contextTokens: 8_000, outputTokensMax: null },
      { id: "one/org/large", provider: "one", contextTokens: 8_000, outputTokensMax: null },
    ],
    failures: [],
  });
  expect(timers.waitingCount()).toBe(0);
});

test("a provider that fails is a line among the failures, and the others are listed", async () => {
  const failure = {
    kind: "auth",
    message: "The key is not accepted.",
    status: 401,
    code: null,
    retryable: false,
    retryAfterMs: null,
  } as const;
  const { asked } = question({
    fails: providerOf(async () => {
      throw new ProviderError(failure);
    }),
    good: providerOf(async () => [small]),
  });
  const list = await listModels(asked);
  expect(list.items.map((item) => item.id)).toEqual(["good/small"]);
  expect(list.failures).toEqual([{ provider: "fails", message: "The key is not accepted." }]);
});

test("a provider that breaks its contract is a line as well, and what it threw is not repeated", async () => {
  const { asked } = question({
    garbage: providerOf(async () => "models" as never),
    nothing: providerOf(async () => undefined as never),
    numbers: providerOf(async () => [7] as never),
    rich: providerOf(async () => [{ ...small, secret: "sk-secret" }] as never),
    throws: providerOf(() => {
      throw new TypeError('"Bearer sk-secret" is an invalid header value');
    }),
  });
  const list = await listModels(asked);
  expect(list.items).toEqual([{ ...small, id: "rich/small", provider: "rich" }]);
  expect(list.failures.map((failure) => failure.provider)).toEqual([
    "garbage",
    "nothing",
    "numbers",
    "throws",
  ]);
  expect(JSON.stringify(list)).not.toContain("sk-secret");
});

test("a provider that does not answer is given up, and told so", async () => {
  let told: AbortSignal | undefined;
  const { asked, timers } = question({
    hangs: providerOf(({ signal }) => {
      told = signal;
      return new Promise(() => {});
    }),
    good: providerOf(async () => [small]),
  });
  const listing = listModels(asked);
  await timers.advance(5_000);
  expect(await listing).toMatchObject({
    items: [{ id: "good/small" }],
    failures: [{ provider: "hangs", message: "It did not answer within 5 s." }],
  });
  expect(told?.aborted).toBe(true);
});

test("a caller that goes away, or has gone already, is not waited for", async () => {
  for (const goneBefore of [true, false]) {
    const { asked, caller, timers } = question({ hangs: providerOf(() => new Promise(() => {})) });
    if (goneBefore) caller.abort();
    const listing = listModels(asked);
    caller.abort();
    expect((await listing).failures).toEqual([{ provider: "hangs", message: "The question was given up." }]);
    expect(timers.waitingCount()).toBe(0);
  }
});

test("a failure that comes after the time was up harms nobody", async () => {
  const late = Promise.withResolvers<never>();
  const { asked, timers } = question({ late: providerOf(() => late.promise) });
  const listing = listModels(asked);
  await timers.advance(5_000);
  await listing;
  late.reject(new Error("Too late."));
  await new Promise((resolve) => setImmediate(resolve));
  expect((await listing).failures).toHaveLength(1);
});
