// Judges an adapter by recorded answers: the folder of them is named by the variable LATHE_RECORDINGS.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { NetworkPower, Provider, ProviderEvent } from "@lathe/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AnswerDecoder, type AnswerReader } from "../../model-server/answer-decoder.ts";
import type { ServerName } from "../../model-server/failure.ts";
import { testNetwork } from "../test-network.ts";
import { type CollectedAnswer, collectAnswer, collectBatches } from "./collect-answer.ts";
import { plainRequest, quietContext } from "./plain-request.ts";
import {
  type ExpectedAnswer,
  type ExpectedCall,
  type ExpectedRefusal,
  isRefusal,
  type Recording,
  readRecordings,
} from "./recordings.ts";

export interface RecordedSubject {
  /** The `api` of the recordings that the adapter must pass. */
  readonly api: string;
  /** A provider whose server is at `origin`, for example `http://127.0.0.1:4000`. */
  open(origin: string, network: NetworkPower): Provider;
  reader(server: ServerName): AnswerReader;
  /** APIs that another adapter answers for; what is neither here nor `api` is printed as not covered. */
  readonly coveredElsewhere: readonly string[];
}

const cuts = [1, 7, 64, 4_096];

export function testRecordings(subject: RecordedSubject): void {
  const folder = process.env.LATHE_RECORDINGS;
  if (folder === undefined || folder === "") {
    const reason = "LATHE_RECORDINGS names no folder of recordings";
    console.log(`Recordings of ${subject.api}: skipped, ${reason}.`);
    test.skip(`recordings of ${subject.api} (${reason})`, () => undefined);
    return;
  }
  const all = readRecordings(folder);
  const ours = all.filter(({ api }) => api === subject.api);
  const passed = new Set<string>();
  const server = serveRecordings(ours);
  beforeAll(server.start);
  afterAll(async () => {
    await server.stop();
    console.log(`Recordings of ${subject.api}: ${passed.size} of ${ours.length} passed.`);
    printUncovered(subject, all);
  });
  test("there are recordings", () => expect(ours.length).toBeGreaterThan(0));
  test.each(ours)("$id, through a real server and in every cut", async (recording) => {
    for (const cut of [Number.POSITIVE_INFINITY, 4_096]) {
      const provider = subject.open(server.originFor(recording.id, cut), testNetwork());
      judge(await collectBatches(provider.stream(plainRequest(), quietContext())), recording.expected);
    }
    // A refusal is read whole, whatever its cuts.
    for (const cut of isRefusal(recording.expected) ? [] : cuts) {
      judge(collectAnswer(decodeInCuts(subject, recording.body, cut)), recording.expected);
    }
    passed.add(recording.id);
  });
}

function decodeInCuts(subject: RecordedSubject, body: Buffer, cut: number): readonly ProviderEvent[] {
  const name: ServerName = { id: "recorded", key: null, keySource: null };
  const decoder = new AnswerDecoder(name, subject.reader(name));
  const events: ProviderEvent[] = [];
  for (let start = 0; start < body.length; start += cut) {
    events.push(...decoder.push(body.subarray(start, start + cut)));
  }
  events.push(...decoder.end());
  return events;
}

function judge(answer: CollectedAnswer, expected: ExpectedAnswer | ExpectedRefusal): void {
  if (isRefusal(expected)) judgeRefusal(answer, expected);
  else judgeAnswer(answer, expected);
}

function judgeRefusal({ failure }: CollectedAnswer, { error }: ExpectedRefusal): void {
  const { status, kind, retryable, retryAfterMs } = error;
  expect(failure).toMatchObject({ status, kind, retryable, retryAfterMs });
  expect(failure?.message).toContain(error.message);
}

function judgeAnswer(answer: CollectedAnswer, expected: ExpectedAnswer): void {
  expect(answer.text).toBe(expected.text);
  expect(answer.reasoning).toBe(expected.reasoning);
  expect(answer.usage).toEqual(expected.usage);
  expect(answer.toolCalls.map(callOf)).toEqual(expected.toolCalls.map(comparable(answer.toolCalls)));
  if (expected.finishReason.normalized === "error") judgeBreak(answer, expected);
  else {
    expect(answer.failure).toBeNull();
    expect(answer.finish).toEqual({
      reason: expected.finishReason.normalized,
      rawReason: expected.finishReason.raw,
    });
  }
  const signed = answer.providerData.filter((data) => typeof Object(data).signature === "string");
  if (expected.thinkingSignatures !== undefined) expect(signed.length).toBe(expected.thinkingSignatures);
  const servers = answer.opaque.map((block) => Object(block).name).filter((name) => name !== undefined);
  if (expected.serverToolCalls !== undefined) expect(servers).toEqual(expected.serverToolCalls);
}

function judgeBreak(answer: CollectedAnswer, expected: ExpectedAnswer): void {
  expect(answer.finish).toBeNull();
  expect(answer.failure).not.toBeNull();
  if (expected.error?.message != null) expect(answer.failure?.message).toContain(expected.error.message);
  expect(answer.failure?.status).toBe(expected.error?.status ?? null);
  const begun = (expected.incompleteToolCalls ?? []).map(({ name }) => name);
  expect([...answer.begunCalls.values()].map(({ name }) => name)).toEqual(begun);
}

function callOf({ id, name, argumentsText }: CollectedAnswer["toolCalls"][number]): unknown {
  const text = argumentsText.trim();
  return { id, name, arguments: text === "" ? {} : JSON.parse(text) };
}

/** An id that the server did not send is made up, so any will do. */
function comparable(calls: CollectedAnswer["toolCalls"]): (call: ExpectedCall, index: number) => unknown {
  return ({ id, name, arguments: given }, index) => ({ id: id ?? calls[index]?.id, name, arguments: given });
}

interface RecordingServer {
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  originFor(id: string, cut: number): string;
}

/** Answers a request below `/<id>/<cut>/` with the recording, each piece in a write of its own. */
function serveRecordings(recordings: readonly Recording[]): RecordingServer {
  const byId = new Map(recordings.map((recording) => [recording.id, recording]));
  const server = createServer(async (request, response) => {
    const [, id, cutText] = (request.url ?? "").split("/");
    const recording = byId.get(id ?? "");
    if (recording === undefined) return void response.writeHead(404).end();
    const { status, headers, body } = recording;
    const cut = Math.min(Number(cutText), body.length) || 1;
    response.writeHead(status, headers);
    for (let start = 0; start < body.length; start += cut) {
      await new Promise((resolve) => response.write(body.subarray(start, start + cut), resolve));
    }
    response.end();
  });
  return {
    start: () => new Promise((resolve) => void server.listen(0, "127.0.0.1", resolve)),
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
    originFor: (id, cut) => {
      const { port } = server.address() as AddressInfo;
      return `http://127.0.0.1:${port}/${id}/${cut}`;
    },
  };
}

function printUncovered({ api, coveredElsewhere }: RecordedSubject, all: readonly Recording[]): void {
  const covered = new Set([api, ...coveredElsewhere]);
  const uncovered = all.filter((recording) => !covered.has(recording.api));
  if (uncovered.length === 0) return;
  const lines = uncovered.map(({ id, api: theirs }) => `  ${theirs} ${id}`).sort();
  console.log(`Not covered yet, for their APIs come later (${lines.length}):\n${lines.join("\n")}`);
}
