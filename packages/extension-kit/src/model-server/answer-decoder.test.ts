import type { JsonObject, ProviderEvent } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { testCuts } from "../testing/provider/test-cuts.ts";
import {
  AnswerDecoder,
  type AnswerLimits,
  type AnswerReader,
  defaultAnswerLimits,
} from "./answer-decoder.ts";
import type { EventBatch } from "./event-batch.ts";
import type { ServerName } from "./failure.ts";

const server: ServerName = { id: "toy", key: null, keySource: null };

/** Repeats every event as text; `{"end":true}` is terminal, `{"stop":true}` makes the end of the stream one. */
class EchoReader implements AnswerReader {
  #mayEnd = false;

  readEvent(name: string | undefined, data: JsonObject, batch: EventBatch): void {
    if (data.throw === true) throw new Error("This is against the rules.");
    if (data.end === true) batch.finish("stop", "end");
    if (data.stop === true) this.#mayEnd = true;
    batch.addText(`${name ?? ""}${JSON.stringify(data)}`);
  }
  readDone(batch: EventBatch): void {
    batch.finish("stop", "done");
  }
  readWhole(answer: JsonObject, batch: EventBatch): void {
    if (answer.hello === undefined) return;
    batch.addText("whole");
    batch.finish("stop", null);
  }
  readEnd(batch: EventBatch): void {
    if (this.#mayEnd) batch.finish("stop", "stopped");
  }
}

function decode(
  text: string | Uint8Array,
  limits: AnswerLimits = defaultAnswerLimits,
): readonly ProviderEvent[] {
  const decoder = new AnswerDecoder(server, new EchoReader(), limits);
  return [...decoder.push(typeof text === "string" ? Buffer.from(text) : text), ...decoder.end()];
}

function failureOf(
  events: readonly ProviderEvent[],
): { readonly kind: string; readonly message: string } | undefined {
  const last = events.at(-1);
  return last?.type === "error" ? last.failure : undefined;
}

testCuts({
  reader: () => new EchoReader(),
  streams: {
    "events with a terminal one": 'data: {"a":1}\n\ndata: {"end":true}\n\ndata: {"late":1}\n\n',
    "done, by its word": 'event: hello\ndata: {"a":"é😀\\n"}\n\ndata: [DONE]\n\n',
    "line ends of two characters, and comments":
      ': hi\r\n\r\ndata: {"a":1}\r\n\r\n: hi\r\ndata:[DONE]\r\n\r\n',
    "data over several lines": 'data: {"a":\ndata: 1}\n\ndata: {"end":\ndata: true}\n\n',
    "a byte order mark": '\ufeffdata: {"a":1}\n\ndata: [DONE]\n\n',
    "a last block without its blank line": 'data: {"a":1}\n\ndata: {"end":true}',
    "an end that the reader allows": 'data: {"stop":true}\n\n',
    "half an event": 'data: {"a":1}\n\ndata: {"a":',
    "an error in a line of its own": 'data: {"a":1}\n\nerror: {"code":500,"message":"GPU is gone"}\n\n',
    "an error event": 'event: error\ndata: {"error":{"message":"No"}}\n\n',
    "an error event of plain words": "event: error\ndata: it broke\n\n",
    "one document": '\n\n {"hello":"wörld"}',
    "half a document": '{"hello":"wor',
    "a page": "<html><body>no</body></html>",
    garbage: "what is this?\nnot a stream",
    "keep-alives alone": ": hi\n\n: hi\n\n",
    nothing: "",
    "broken JSON": "data: {oops}\n\ndata: [DONE]\n\n",
    "what the reader refuses": 'data: {"throw":true}\n\n',
    "invalid UTF-8": Buffer.from('data: {"a":"\u00c3\u0028\u00ff"}\n\ndata: [DONE]\n\n', "latin1"),
  },
});

describe("an end", () => {
  test("comes once, whatever comes behind it", () => {
    const decoder = new AnswerDecoder(server, new EchoReader());
    const bytes = Buffer.from('data: {"end":true}\n\ndata: {"a":1}\n\n');
    expect(decoder.push(bytes).at(-1)).toEqual({ type: "finish", reason: "stop", rawReason: "end" });
    expect(decoder.ended).toBe(true);
    expect(decoder.push(bytes)).toEqual([]);
    expect(decoder.end()).toEqual([]);
  });

  test("is a failure in words where the server gives one outside of its events", () => {
    expect(failureOf(decode('error: {"code":503,"message":"GPU is gone"}\n'))).toMatchObject({
      kind: "overloaded",
      message: "toy broke off its answer: GPU is gone",
    });
    expect(failureOf(decode("event: error\ndata: it broke\n\n"))?.message).toContain("it broke");
  });

  test("is truncated where events came, or nothing, and malformed where something else came", () => {
    for (const text of [
      "",
      "\n",
      ": hi\n\n",
      'data: {"a":1}\n\n',
      "dat",
      "event: x",
      '{"hello":',
      `:${" hi\n:".repeat(5_000)}`,
    ]) {
      expect(failureOf(decode(text))?.kind).toBe("truncated");
    }
    for (const text of ["<p>", "Bad gateway\n", "data: 1\n\n", "[1]", '{"x":1}', "Bad: gateway\n\n"]) {
      expect(failureOf(decode(text))?.kind).toBe("malformed");
    }
  });
});

describe("F8: limits", () => {
  const limits: AnswerLimits = { lineLengthMax: 100, contentLengthMax: 1_000, byteCountMax: 5_000 };

  test("a line, in one piece or in many", () => {
    const line = `data: {"a":"${"x".repeat(200)}`;
    expect(failureOf(decode(line, limits))?.message).toBe("toy sent an event of more than 100 characters.");
    const decoder = new AnswerDecoder(server, new EchoReader(), limits);
    const events = [...line].flatMap((character) => decoder.push(Buffer.from(character)));
    expect(failureOf(events)?.kind).toBe("malformed");
  });

  test("a document", () => {
    expect(failureOf(decode(`{"hello":"${"x".repeat(200)}"}`, limits))?.kind).toBe("malformed");
  });

  test("the content of all events together", () => {
    const events = 'data: {"a":1}\n\n'.repeat(200);
    expect(failureOf(decode(events, limits))?.message).toBe(
      "toy sent an answer of more than 1000 characters.",
    );
  });

  test("bytes that say nothing", () => {
    const decoder = new AnswerDecoder(server, new EchoReader(), limits);
    let events: readonly ProviderEvent[] = [];
    for (let count = 0; count < 100 && !decoder.ended; count++)
      events = decoder.push(Buffer.from(": hi\n".repeat(20)));
    expect(failureOf(events)?.message).toBe("toy sent more than 5000 bytes.");
  });
});
