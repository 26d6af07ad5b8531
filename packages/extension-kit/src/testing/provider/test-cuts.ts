// The law of every stream decoder: where the bytes are cut does not change what they say.
import type { ProviderEvent } from "@lathe/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AnswerDecoder, type AnswerReader } from "../../model-server/answer-decoder.ts";
import type { ServerName } from "../../model-server/failure.ts";
import { joinDeltas } from "./collect-answer.ts";

export interface CutSubject {
  /** Makes a reader; ids that it makes up must come in the same order each time. */
  reader(server: ServerName): AnswerReader;
  /** Streams by name. */
  readonly streams: Readonly<Record<string, string | Uint8Array>>;
}

const server: ServerName = { id: "cut", key: null, keySource: null };

/** Decodes the pieces and joins the deltas. */
export function decodePieces(
  subject: Pick<CutSubject, "reader">,
  pieces: Iterable<Uint8Array>,
): readonly ProviderEvent[] {
  const decoder = new AnswerDecoder(server, subject.reader(server));
  const events: ProviderEvent[] = [];
  for (const piece of pieces) events.push(...decoder.push(piece));
  events.push(...decoder.end());
  return joinDeltas(events);
}

export function testCuts(subject: CutSubject): void {
  describe.each(Object.entries(subject.streams))("Z7: %s", (_name, stream) => {
    const bytes = typeof stream === "string" ? Buffer.from(stream) : stream;
    const whole = decodePieces(subject, [bytes]);

    test("cut in two at every byte it says the same", () => {
      for (let at = 0; at <= bytes.length; at++) {
        expect(decodePieces(subject, [bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
      }
    });

    test("cut into single bytes it says the same", () => {
      expect(decodePieces(subject, piecesOf(bytes, [1]))).toEqual(whole);
    });

    test("cut anywhere, any number of times, it says the same", () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 }), (sizes) => {
          expect(decodePieces(subject, piecesOf(bytes, sizes))).toEqual(whole);
        }),
        { numRuns: 30 },
      );
    });
  });
}

/** Pieces of the given sizes, over and over until the bytes are used up. */
function piecesOf(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let index = 0; start < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  return pieces;
}
