// Recorded answers of real servers, one folder each, with what a correct adapter makes of them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderFailure, Usage } from "@lathe/kernel";

export interface Recording {
  readonly id: string;
  readonly api: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it was sent. */
  readonly body: Buffer;
  readonly expected: ExpectedAnswer | ExpectedRefusal;
}

export interface ExpectedAnswer {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ExpectedCall[];
  readonly incompleteToolCalls?: readonly ExpectedCall[];
  readonly finishReason: { readonly raw: string | null; readonly normalized: string };
  readonly usage: Usage | null;
  readonly error: { readonly message: string | null; readonly status: number | null } | null;
  readonly thinkingSignatures?: number;
  readonly serverToolCalls?: readonly string[];
}

export interface ExpectedCall {
  readonly id: string | null;
  readonly name: string;
  readonly arguments: unknown;
  readonly argumentsRaw?: string;
}

export interface ExpectedRefusal {
  readonly error: {
    readonly status: number;
    readonly kind: ProviderFailure["kind"];
    readonly message: string;
    readonly retryable: boolean;
    readonly retryAfterMs: number | null;
  };
}

export function isRefusal(expected: ExpectedAnswer | ExpectedRefusal): expected is ExpectedRefusal {
  return !("finishReason" in expected);
}

export function readRecordings(folder: string): readonly Recording[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "expected.json")))
    .map((entry) => readRecording(join(folder, entry.name), entry.name));
}

function readRecording(folder: string, id: string): Recording {
  const { api } = readJson(join(folder, "meta.json")) as { readonly api: string };
  const expected = readJson(join(folder, "expected.json")) as ExpectedAnswer | ExpectedRefusal;
  return { id, api, expected, ...readAnswer(folder) };
}

function readAnswer(folder: string): Pick<Recording, "status" | "headers" | "body"> {
  const stream = join(folder, "response.sse");
  if (existsSync(stream)) {
    return { status: 200, headers: { "content-type": "text/event-stream" }, body: readFileSync(stream) };
  }
  const whole = join(folder, "response.json");
  if (existsSync(whole)) {
    return { status: 200, headers: { "content-type": "application/json" }, body: readFileSync(whole) };
  }
  const refusal = readJson(join(folder, "error.json")) as {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  return { ...refusal, body: Buffer.from(JSON.stringify(refusal.body)) };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
