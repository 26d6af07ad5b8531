import type { Message } from "@lathe/kernel";
import { expect, test } from "vitest";
import { requestFor, user } from "../testing/stage.ts";
import { TokenMeter } from "./token-meter.ts";

const tools = [{ name: "look", description: "x".repeat(400), parameters: {} }];

test("the first request of a conversation reads nothing from the cache, the next one reads all of the first", () => {
  const meter = new TokenMeter();
  const messages: Message[] = [user("hello")];
  const first = meter.measure(requestFor("demo", messages, tools));
  messages.push(user("and more"));
  const second = meter.measure(requestFor("demo", messages, tools));
  expect(first.cacheReadTokens).toBe(0);
  expect(first.inputTokens).toBeGreaterThan(100);
  expect(second.cacheReadTokens).toBe(first.inputTokens);
  expect(second.inputTokens).toBeGreaterThan(first.inputTokens);
  for (const { inputTokens, cacheReadTokens, cacheWriteTokens } of [first, second])
    expect(cacheReadTokens + cacheWriteTokens).toBe(inputTokens);
});

test("a changed beginning makes everything behind it new, and another conversation shares nothing", () => {
  const meter = new TokenMeter();
  const request = requestFor("demo", [user("one"), user("two")], tools);
  meter.measure(request);
  expect(meter.measure({ ...request, tools: [] }).cacheReadTokens).toBe(0);
  expect(meter.measure({ ...request, conversationId: "cnv_2" }).cacheReadTokens).toBe(0);
  meter.measure(request);
  const replaced = meter.measure({ ...request, messages: [user("other"), user("two")] });
  const onlyTheBeginning = meter.measure({ ...request, conversationId: "cnv_3", messages: [] });
  expect(replaced.cacheReadTokens).toBe(onlyTheBeginning.inputTokens);
});

test("an equal transcript that was loaded again counts as the same", () => {
  const meter = new TokenMeter();
  const request = () => requestFor("demo", [user("one")], [...tools]);
  const { inputTokens } = meter.measure(request());
  expect(meter.measure(request()).cacheReadTokens).toBe(inputTokens);
});
