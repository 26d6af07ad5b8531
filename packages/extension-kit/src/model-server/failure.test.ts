import { NetworkError } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { failureInStream, failureOfNetwork, failureOfRefusal, type ServerName } from "./failure.ts";
import { retryAfterMs } from "./retry-after.ts";

const server: ServerName = { id: "toy", key: "sk-very-secret", keySource: "TOY_KEY" };

function refusal(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return failureOfRefusal(server, { status, headers, text: JSON.stringify(body) }, 0);
}

describe("every form of an error that was seen is understood", () => {
  test.each([
    ["OpenAI", { error: { message: "Why", type: "t", param: null, code: "c" } }, "Why", "c"],
    ["Anthropic", { type: "error", error: { type: "t", message: "Why" }, request_id: "r" }, "Why", "t"],
    [
      "OpenRouter",
      { error: { code: 400, message: "Why", metadata: { raw: "Below", provider_name: "P" } } },
      "Why (Below)",
      "400",
    ],
    ["xAI", { code: "c", error: "Why" }, "Why", "c"],
    ["Mistral", { detail: "Why" }, "Why", null],
    ["Mistral's own", { object: "error", message: "Why", type: "t", code: "1500" }, "Why", "1500"],
    ["FastAPI", { detail: [{ loc: ["body"], msg: "Why", type: "t" }] }, "Why", null],
    ["Azure", { error: { code: "c", message: "Why", details: "Why at length" } }, "Why", "c"],
    ["Google", [{ error: { code: 400, message: "Why", status: "INVALID_ARGUMENT" } }], "Why", "400"],
    ["a word", "Why", "Why", null],
  ])("%s", (_name, body, reason, code) => {
    const failure = refusal(400, body);
    expect(failure).toMatchObject({ kind: "bad-request", code, status: 400, retryable: false });
    expect(failure.message).toBe(`toy answered 400: ${reason}`);
  });

  test.each([
    null,
    7,
    [],
    {},
    { error: null },
    { error: {} },
    { error: { message: { a: 1 } } },
    { detail: {} },
  ])("what says nothing, such as %j, is a failure all the same", (body) => {
    expect(refusal(400, body).message).toContain("no reason that can be read");
  });
});

describe("kinds", () => {
  test.each([
    [429, { error: { code: "insufficient_quota" } }, "quota", false],
    [429, { error: { code: "credit_balance_exhausted" } }, "quota", false],
    [429, { error: { type: "project_spend_limit_exceeded" } }, "quota", false],
    [429, { error: { code: "organization_usage_limit_exceeded" } }, "quota", false],
    [
      429,
      { error: { type: "rate_limit_error", details: { error_code: "enforced_spend_limit_reached" } } },
      "quota",
      false,
    ],
    [400, { error: { message: "Your credit balance is too low to access the API." } }, "quota", false],
    [402, { error: { message: "Insufficient Balance" } }, "quota", false],
    [429, { error: { message: "You exceeded your current quota." } }, "rate-limit", true],
    [498, { error: { message: "Flex capacity" } }, "overloaded", true],
    [400, { error: { message: "API key not valid." } }, "auth", false],
    [400, { code: "x", error: "Incorrect API key provided: sk***" }, "auth", false],
    [400, { error: { message: "Model Not Exist" } }, "model-not-found", false],
    [400, { type: "invalid_model", message: "Invalid model: x" }, "model-not-found", false],
    [404, { error: { message: "The model x does not exist" } }, "model-not-found", false],
    [404, { error: { message: "Not Found" } }, "bad-request", false],
    [400, { error: { code: "context_length_exceeded" } }, "context-length", false],
    [
      400,
      { error: { message: "Input length exceeds the context window of this model" } },
      "context-length",
      false,
    ],
    [
      400,
      { error: { message: "This model's maximum context length is 8192 tokens" } },
      "context-length",
      false,
    ],
    [400, { error: { message: "The input token count (9) exceeds the maximum" } }, "context-length", false],
    [
      400,
      { error: { message: "prompt too long; exceeded max context length by 3 tokens" } },
      "context-length",
      false,
    ],
    [400, { error: { message: "the request exceeds the available context size" } }, "context-length", false],
    [400, { error: { message: "tokens greater than the context length" } }, "context-length", false],
    [400, { error: { code: "tool_use_failed" } }, "tool-use-failed", false],
  ])("%i %j is %s", (status, body, kind, retryable) => {
    expect(refusal(status, body)).toMatchObject({ kind, retryable });
  });

  test.each([
    [{ error: { type: "overloaded_error", message: "Overloaded" } }, "overloaded", null, true],
    [{ error: { type: "api_error", message: "Oops" } }, "server", null, true],
    [{ error: { type: "rate_limit_error", message: "Slow" } }, "rate-limit", null, true],
    [{ error: { code: 502, message: "Upstream" } }, "server", 502, true],
    [{ error: { code: "tool_use_failed", status_code: 400, message: "No" } }, "tool-use-failed", 400, false],
    [{ error: { type: "invalid_request_error", message: "No" } }, "bad-request", null, false],
    [{ error: { message: "Something" } }, "server", null, true],
    ["Words", "server", null, true],
  ])("inside of a stream %j is %s", (error, kind, status, retryable) => {
    expect(failureInStream(server, error)).toMatchObject({ kind, status, retryable });
  });

  test("the server's own advice on trying again is followed, but not for keys and money", () => {
    expect(refusal(500, {}, { "x-should-retry": "false" }).retryable).toBe(false);
    expect(refusal(400, {}, { "x-should-retry": "true" }).retryable).toBe(true);
    expect(refusal(401, {}, { "x-should-retry": "true" }).retryable).toBe(false);
    expect(refusal(402, {}, { "x-should-retry": "true" }).retryable).toBe(false);
  });
});

test("networks fail before the head as network, in the body as a stream that broke", () => {
  const lost = (code: NetworkError["code"]) => new NetworkError(code, "host: lost");
  expect(failureOfNetwork(server, lost("refused"), "head")).toMatchObject({
    kind: "network",
    code: "refused",
    retryable: true,
  });
  expect(failureOfNetwork(server, lost("invalid-url"), "head")).toMatchObject({
    kind: "bad-request",
    retryable: false,
  });
  expect(failureOfNetwork(server, lost("reset"), "body")).toMatchObject({
    kind: "truncated",
    retryable: true,
  });
  expect(failureOfNetwork(server, lost("timeout"), "body")).toMatchObject({
    kind: "idle-timeout",
    retryable: true,
  });
  expect(failureOfNetwork(server, "thrown", "body")).toMatchObject({ kind: "truncated" });
});

describe("F11: the key", () => {
  test("is in no message, wherever the server puts it", () => {
    const body = { error: { message: `Bad key sk-very-secret, ${"x".repeat(950)}sk-very-secret` } };
    expect(refusal(401, body).message).not.toContain("sk-very");
    expect(failureInStream(server, "sk-very-secret").message).not.toContain("secret");
    expect(failureOfNetwork(server, new Error("sk-very-secret"), "head").message).not.toContain("secret");
  });

  test("is said to be missing where none was sent", () => {
    const nameless = { id: "toy", key: null, keySource: null };
    expect(failureOfRefusal(nameless, { status: 401, headers: {}, text: "" }, 0).message).toContain(
      "No key was sent.",
    );
  });
});

test("F1: Google says the wait in the body", () => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "48.5s" }];
  expect(refusal(429, { error: { code: 429, message: "Slow", details } }).retryAfterMs).toBe(48_500);
  expect(refusal(429, { error: { details } }, { "retry-after": "2" }).retryAfterMs).toBe(2_000);
});

test("C14s: reading a refusal takes time in proportion to its length", () => {
  const hostile = [
    "model ".repeat(20_000),
    "(".repeat(100_000),
    `${" ".repeat(100_000)}x`,
    "error:\n".repeat(15_000),
  ];
  for (const text of hostile) {
    const before = process.cpuUsage();
    refusal(400, { error: { message: text, code: text } });
    failureOfRefusal(server, { status: 404, headers: { "retry-after": text }, text }, 0);
    retryAfterMs({ "retry-after": text, "retry-after-ms": text }, 0);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  }
});
