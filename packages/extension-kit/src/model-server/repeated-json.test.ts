import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "./json-access.ts";
import { RepeatedJson } from "./repeated-json.ts";

function chunkOf(content: string, extra: object = {}): string {
  const choice = { index: 0, delta: { content, ...extra }, logprobs: null, finish_reason: null };
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    choices: [choice],
    usage: null,
  });
}

function expectParsed(texts: readonly string[]): void {
  const json = new RepeatedJson();
  const given = texts.map((text) => json.parse(text));
  // Compared when all are there: an event that changed with a later one would show.
  expect(given).toStrictEqual(texts.map(parseJson));
}

test("texts that differ in one string are parsed as JSON.parse does it, whatever is in the string", () => {
  const contents = fc.array(
    fc.oneof(fc.string({ unit: "binary", maxLength: 8 }), fc.constantFrom('"', "\\", "")),
    {
      minLength: 12,
      maxLength: 40,
    },
  );
  fc.assert(fc.property(contents, (words) => expectParsed(words.map((word) => chunkOf(word)))));
});

test("so are texts that only look alike", () => {
  const event = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("a", "b c", "\n").map((word) => chunkOf(word)) },
    fc.constantFrom(
      chunkOf("x", { content: "y", role: "assistant" }),
      chunkOf('"},"logprobs":null,"finish_reason":"stop","other":{"content":"'),
      chunkOf("a").replace('"a"', '"a","content":"b"'),
      chunkOf("a").replace('"a"', '"a" '),
      chunkOf("a").replace('"a"', '"a\n"'),
      chunkOf("a").replace('"a"', '"a\\"'),
      chunkOf("a").replace('"a"', "17"),
      chunkOf("a").replace('"content"', '"__proto__"'),
      chunkOf("a").replace('"content"', '"contend"'),
      chunkOf("a").slice(0, -1),
      `${chunkOf("a")}}`,
      '"text"',
      "[DONE",
      "",
    ),
    fc.json({ maxDepth: 2 }),
  );
  fc.assert(fc.property(fc.array(event, { minLength: 20, maxLength: 60 }), expectParsed), { numRuns: 1_000 });
});

test("names of members that differ, members that are there twice, and prototypes change nothing", () => {
  const named = (name: string): string => `{"a":{"${name}":1,"this is long enough to be compared":true}}`;
  expectParsed(Array.from({ length: 20 }, (_, index) => named(`name${index}`)));
  expectParsed(Array.from({ length: 20 }, (_, index) => `{"a":"${index}","a":"the last one counts"}`));
  const polluting = Array.from({ length: 20 }, (_, index) => `{"__proto__":{"content":"${index}"}}`);
  expectParsed(polluting);
  expect(({} as { content?: unknown }).content).toBeUndefined();
});
