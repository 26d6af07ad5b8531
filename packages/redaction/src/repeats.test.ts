// What repeats is looked at once. Pieces of a few hundred characters are too short for that, so a stream of them is what
// the answers are compared with.
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedaction } from "./index.ts";
import { fragments } from "./testing/fragments.ts";
import { seededChance, syntheticSecrets } from "./testing/synthetic-secrets.ts";

const redaction = createRedaction();
for (const secret of ["registered-secret-1", "line1\nline2\n", 'delta\\with"quote'])
  redaction.register(secret);

function lookedAtEverywhere(text: string): string {
  const stream = redaction.stream();
  let shown = "";
  for (let at = 0; at < text.length; at += 300) shown += stream.push(text.slice(at, at + 300));
  return shown + stream.end();
}

const secrets = fc
  .integer({ min: 0, max: 1_000 })
  .chain((seed) => fc.constantFrom(...syntheticSecrets(seededChance(seed)).map(({ text }) => text)));

const plain = fc.constantFrom(
  'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5.2","delta":{"content":"',
  '"},"logprobs":null,"finish_reason":null}]}',
  "2026-11-21T09:14:03.120Z  info  worker-3  the request was answered, status 200, bytes ",
  'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"',
  '{"access',
  'token": "',
  "https://",
  '  \\\\\\" : ',
  "api_key",
);

/** A part of a line: mostly what nobody needs to look at closely, and halves of what somebody has to. */
const part = fc.oneof(
  { weight: 6, arbitrary: plain },
  { weight: 2, arbitrary: fc.constantFrom(...fragments) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
);
const parts = fc.array(part, { maxLength: 4 }).map((list) => list.join(""));
const varying = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(" a", " the", "x", "=", "_", "password", "key", "sk-", "s", "") },
  { weight: 1, arbitrary: secrets },
  { weight: 1, arbitrary: part },
);

const repeatingText = fc
  .record({
    head: parts,
    tail: parts,
    end: fc.constantFrom("\n", "\n\n", "\r\n"),
    middles: fc.array(varying, { minLength: 60, maxLength: 200 }),
    others: fc.array(fc.tuple(fc.nat(200), parts), { maxLength: 3 }),
  })
  .map(({ head, tail, end, middles, others }) => {
    const lines = middles.map((middle) => head + middle + tail + end);
    for (const [at, other] of others) lines.splice(at, 0, other + end);
    return lines.join("");
  });

test("a text that repeats itself is redacted as if everything in it were looked at", () => {
  fc.assert(
    fc.property(repeatingText, (text) => {
      expect(redaction.text(text)).toBe(lookedAtEverywhere(text));
    }),
    { numRuns: 250 },
  );
});

test("a secret is found wherever it stands among lines that are alike", () => {
  const head = 'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"delta":{"content":"';
  const tail = '"},"logprobs":null,"finish_reason":null}]}\n\n';
  for (const { text: secret } of syntheticSecrets(seededChance(5))) {
    const alone = redaction.text(`${head}Your key: ${secret} ${tail}`);
    for (const place of [0, 1, 2, 17, 119]) {
      const lines = Array.from({ length: 120 }, (_, index) => `${head} word${index}${tail}`);
      const expected = lines.with(place, alone).join("");
      const text = lines.with(place, `${head}Your key: ${secret} ${tail}`).join("");
      expect(redaction.text(text)).toBe(expected);
      const stream = redaction.stream();
      expect(stream.push(text) + stream.end()).toBe(expected);
    }
  }
});

// The same on every line, and a secret on one of them only because of what stands at its edge.
const value = "Zx81kQ02mmPq77LwZx81kQ02";
const same = "the same words in front of every line, and then ".repeat(2);

test.each([
  ["behind it", `${same}api_`, `key=${value}`, ""],
  ["behind its last character", `${same}b`, `earer ${value}`, ""],
  ["in front of it", same, "api_key", `=${value} and the same words behind it, on every line and to its end`],
  [
    "far in front of it",
    same,
    "api_key",
    `\\\\\\"        = ${value} and the same words to the end of every line`,
  ],
])("what repeats is looked at again where what decides stands %s", (_where, head, middle, tail) => {
  const others = Array.from({ length: 120 }, (_, index) => `${head}x${index}${tail}`);
  const text = [...others, head + middle + tail, ...others].join("\n");
  const redacted = (head + middle + tail).replace(
    value,
    middle.startsWith("earer") ? "[redacted:authorization]" : "[redacted:credential]",
  );
  expect(redaction.text(text)).toBe([...others, redacted, ...others].join("\n"));
});
