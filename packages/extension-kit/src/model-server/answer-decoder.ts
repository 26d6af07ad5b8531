// Turns the bytes of an answer into events: server-sent events, or one JSON text where a server does not stream.
//
// Owns: the decoding of UTF-8 and of the event stream across any cut, and the limits of what is accepted.
// Does not own: what an event means. That is the reader's.
//
// Invariants
//   D1  However the bytes are cut, the events are the same; only how many deltas carry a text differs.
//   D2  The answer ends with exactly one `finish` or `error`, at the latest with `end()`.
//   D3  No more is held than one line of `lineLengthMax` characters; what is longer, or no answer at all, fails.
import type { JsonObject, ProviderEvent } from "@lathe/kernel";
import {
  createParser,
  type EventSourceMessage,
  type EventSourceParser,
  type ParseError,
} from "eventsource-parser";
import { EventBatch } from "./event-batch.ts";
import { failureInStream, malformed, type ServerName, truncated } from "./failure.ts";
import { objectOf, parseJson } from "./json-access.ts";
import { RepeatedJson } from "./repeated-json.ts";

/** Gives events their meaning. It may throw where the server breaks its own rules: the answer is then malformed. */
export interface AnswerReader {
  /** One event of the stream; `name` is its `event` field, where it has one. */
  readEvent(name: string | undefined, data: JsonObject, batch: EventBatch): void;
  /** The stream said `[DONE]`. */
  readDone(batch: EventBatch): void;
  /** A whole answer in one JSON text. */
  readWhole(answer: JsonObject, batch: EventBatch): void;
  /** The stream is over and nothing has ended it. Finishes where the answer is known to be whole, else does nothing. */
  readEnd(batch: EventBatch): void;
}

export interface AnswerLimits {
  /** Characters of one line, and of an answer that is not streamed. */
  readonly lineLengthMax: number;
  /** Characters of text, reasoning and arguments together. */
  readonly contentLengthMax: number;
  readonly byteCountMax: number;
}

export const defaultAnswerLimits: AnswerLimits = {
  lineLengthMax: 16_777_216,
  contentLengthMax: 16_777_216,
  byteCountMax: 268_435_456,
};

type Form = "undecided" | "stream" | "whole";

/** How much of the end of a stream is kept, for servers that report an error in a line that is no event. */
const tailLength = 4_096;

export class AnswerDecoder {
  readonly #server: ServerName;
  readonly #reader: AnswerReader;
  readonly #limits: AnswerLimits;
  readonly #batch = new EventBatch();
  // The parser takes the byte order mark away; left to the decoder, a second one would go as well.
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #parser: EventSourceParser;
  readonly #events = new RepeatedJson();
  readonly #whole: string[] = [];
  #form: Form = "undecided";
  #byteCount = 0;
  #wholeLength = 0;
  #eventCount = 0;
  #tail = "";
  /** True while the last block is completed for a server that did not do it: it may be half an event. */
  #completing = false;

  constructor(server: ServerName, reader: AnswerReader, limits: AnswerLimits = defaultAnswerLimits) {
    this.#server = server;
    this.#reader = reader;
    this.#limits = limits;
    this.#parser = createParser({
      maxBufferSize: limits.lineLengthMax,
      onEvent: (message) => this.#takeEvent(message),
      onError: (error) => this.#takeParseError(error),
    });
  }

  get ended(): boolean {
    return this.#batch.ended;
  }

  /** The events of the bytes that one read brought. */
  push(bytes: Uint8Array): readonly ProviderEvent[] {
    if (this.#batch.ended) return [];
    this.#byteCount += bytes.length;
    try {
      if (this.#byteCount > this.#limits.byteCountMax)
        this.#fail(`sent more than ${this.#limits.byteCountMax} bytes.`);
      else this.#feed(this.#utf8.decode(bytes, { stream: true }));
    } catch {
      this.#failUnreadable();
    }
    return this.#batch.take();
  }

  /** The last events: nothing more comes. */
  end(): readonly ProviderEvent[] {
    try {
      if (!this.#batch.ended) this.#finish();
    } catch {
      this.#failUnreadable();
    }
    return this.#batch.take();
  }

  #feed(text: string): void {
    if (this.#form === "undecided") {
      text = text.trimStart();
      if (text === "") return;
      this.#decideForm(text);
    }
    if (this.#form === "stream") this.#feedStream(text);
    else this.#feedWhole(text);
  }

  #decideForm(text: string): void {
    const first = text[0];
    this.#form = first === "{" || first === "[" ? "whole" : "stream";
    if (first === "<")
      this.#fail("answered with a page and not with a stream of events. Check the base URL.");
  }

  #feedStream(text: string): void {
    if (this.#batch.ended) return;
    this.#tail += text;
    if (this.#tail.length > 4 * tailLength) this.#tail = this.#tail.slice(-tailLength);
    this.#parser.feed(text);
    if (this.#batch.contentLength > this.#limits.contentLengthMax) {
      this.#fail(`sent an answer of more than ${this.#limits.contentLengthMax} characters.`);
    }
  }

  #feedWhole(text: string): void {
    this.#whole.push(text);
    this.#wholeLength += text.length;
    if (this.#wholeLength <= this.#limits.lineLengthMax) return;
    this.#whole.length = 0;
    this.#fail(`sent one document of more than ${this.#limits.lineLengthMax} characters.`);
  }

  #takeEvent({ event, data }: EventSourceMessage): void {
    if (this.#batch.ended) return;
    this.#eventCount += 1;
    const word = data.length < 16 ? data.trim() : data;
    if (word === "[DONE]") this.#reader.readDone(this.#batch);
    else if (word !== "") this.#takeData(event, data);
  }

  #takeData(event: string | undefined, data: string): void {
    const json = objectOf(this.#events.parse(data));
    if (event === "error") this.#batch.fail(failureInStream(this.#server, json ?? data));
    else if (json !== undefined) this.#reader.readEvent(event, json, this.#batch);
    else if (!this.#completing) this.#fail("sent an event that is not a JSON object.");
  }

  #takeParseError(error: ParseError): void {
    if (error.type !== "max-buffer-size-exceeded") return;
    this.#fail(`sent an event of more than ${this.#limits.lineLengthMax} characters.`);
  }

  #finish(): void {
    this.#feed(this.#utf8.decode());
    if (this.#form === "whole") this.#finishWhole();
    else if (this.#form === "stream") this.#finishStream();
    this.#batch.fail(truncated(this.#server));
  }

  #finishStream(): void {
    this.#completing = true;
    // The parser passes a block on when it sees the blank line behind it, which some servers leave out at the end.
    if (!this.#batch.ended) this.#parser.feed("\n\n");
    if (this.#batch.ended) return;
    const lines = lastLines(this.#tail);
    const error = errorOf(lines);
    if (error !== undefined) this.#batch.fail(failureInStream(this.#server, parseJson(error) ?? error));
    else this.#reader.readEnd(this.#batch);
    if (this.#eventCount === 0 && lines.some(isGarbage))
      this.#fail("answered with something that is no stream of events.");
  }

  #finishWhole(): void {
    const json = parseJson(this.#whole.join(""));
    this.#whole.length = 0;
    if (json === undefined) return;
    const answer = objectOf(Array.isArray(json) ? json[0] : json);
    if (answer !== undefined) this.#reader.readWhole(answer, this.#batch);
    this.#fail("answered with a document that holds no answer.");
  }

  /** The parser refuses to go on after it overflowed, which is told already; anything else is the reader's complaint. */
  #failUnreadable(): void {
    this.#fail("sent something that cannot be understood.");
  }

  #fail(problem: string): void {
    this.#batch.fail(malformed(this.#server, problem));
  }
}

/** The whole lines among the last characters of a stream, however it was cut. */
function lastLines(tail: string): readonly string[] {
  const lines = tail.slice(-tailLength).split(/\r\n|\r|\n/);
  return tail.length > tailLength ? lines.slice(1) : lines;
}

/** The value of the last line that says `error: ...`: llama-box reports so, in a field that the standard does not know. */
function errorOf(lines: readonly string[]): string | undefined {
  const line = lines.findLast((candidate) => candidate.startsWith("error:"));
  const value = line?.slice("error:".length).trim();
  return value === "" ? undefined : value;
}

/** True for a line that is neither blank nor a comment nor a field of an event stream, or the beginning of one. */
function isGarbage(line: string): boolean {
  if (line === "" || line.startsWith(":")) return false;
  const colon = line.indexOf(":");
  const fields = ["data", "event", "id", "retry"];
  return colon === -1
    ? !fields.some((field) => field.startsWith(line))
    : !fields.includes(line.slice(0, colon));
}
