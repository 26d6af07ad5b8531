import { openMemoryStorage } from "@lathe/extension-kit/testing";
import type { BodyItem, JsonValue, Redactor, Storage } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readRange } from "./body-reader.ts";
import { BodyShelf } from "./body-shelf.ts";
import { Generations } from "./generations.ts";
import type { Work } from "./item-text.ts";
import type { StoredBody } from "./span-codec.ts";
import { TraceBatch } from "./trace-batch.ts";

const newStorage = (): Storage => openMemoryStorage().namespace("bodies");
const limits = { bytesMax: 1_000_000_000, ageMsMax: 1_000_000_000 };

/** Does work without a rest. */
function finish<Result>(work: Work<Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

interface Kept {
  readonly stored: StoredBody;
  readonly text: string;
}

async function keepAll(
  bodies: readonly { head: string; items: readonly BodyItem[]; itemCount: number; tail: string }[],
  redactor?: Redactor,
  storage: Storage = newStorage(),
): Promise<readonly Kept[]> {
  const generations = await Generations.open(storage, limits, 0);
  const shelf = new BodyShelf({ redactor });
  const kept: Kept[] = [];
  for (const body of bodies) {
    const batch = new TraceBatch(generations.current);
    const { length, headLength, before, list, itemCount, after } = finish(shelf.keep(body, batch));
    await storage.commit({ puts: batch.changes() });
    const stored: StoredBody = [length, headLength, before, list, itemCount, after];
    const text = await readRange(
      { generation: generations.current.number, body: stored },
      0,
      length,
      storage,
    );
    kept.push({ stored, text: text ?? "a piece is gone" });
  }
  return kept;
}

const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.constantFrom("", "😀", "x".repeat(3_000), "é".repeat(20_000), "😀".repeat(9_000), "\ud83d", "\u0000"),
);

test("B2: whatever grows in whatever steps is read again as it was", async () => {
  const objects = fc.array(fc.record({ role: fc.string(), content: anyText }), { maxLength: 8 });
  const strings = fc.array(anyText, { maxLength: 8 });
  const step = fc.record({ head: anyText, tail: anyText, add: fc.nat(4) });
  await fc.assert(
    fc.asyncProperty(fc.oneof(objects, strings), fc.array(step, { maxLength: 6 }), async (all, steps) => {
      const items: BodyItem[] = [];
      const kept: Kept[] = [];
      const expected: string[] = [];
      const storage = newStorage();
      const generations = await Generations.open(storage, limits, 0);
      const shelf = new BodyShelf({ redactor: undefined });
      for (const { head, tail, add } of steps) {
        items.push(...(all as BodyItem[]).slice(items.length, items.length + add));
        const batch = new TraceBatch(generations.current);
        const body = { head, items, itemCount: items.length, tail };
        const found = finish(shelf.keep(body, batch));
        await storage.commit({ puts: batch.changes() });
        const { length, headLength, before, list, itemCount, after } = found;
        kept.push({ stored: [length, headLength, before, list, itemCount, after], text: "" });
        const texts = items.map((item) => (typeof item === "string" ? item : `${JSON.stringify(item)}\n`));
        // Halves of characters have no bytes, and cannot be kept; where two meet, they are a character.
        expected.push([head, texts.join(""), tail].map((text) => text.toWellFormed()).join(""));
      }
      for (const [index, { stored }] of kept.entries()) {
        const place = { generation: generations.current.number, body: stored };
        const whole = await readRange(place, 0, stored[0], storage);
        expect(whole?.length).toBe(stored[0]);
        if (!hasHalves(all)) expect(whole).toBe(expected[index]);
        const middle = Math.floor(stored[0] / 3);
        expect(await readRange(place, middle, middle * 2, storage)).toBe(whole?.slice(middle, middle * 2));
      }
    }),
    { numRuns: 60 },
  );
});

function hasHalves(items: readonly unknown[]): boolean {
  return items.some((item) => typeof item === "string" && !item.isWellFormed());
}

test("bytes are one text, wherever the network cut them", async () => {
  const text = 'data: {"a":"wörd 😀 日本"}\n\n'.repeat(20_000);
  const bytes = Buffer.from(text);
  for (const size of [1, 7, 1_001, 65_536, 1_000_000]) {
    const count = size < 100 ? 3_000 : bytes.length;
    const whole = bytes.subarray(0, bytes.lastIndexOf("\n", count) + 1);
    const items: Uint8Array[] = [];
    for (let at = 0; at < whole.length; at += size) items.push(whole.subarray(at, at + size));
    const [kept] = await keepAll([{ head: "", items, itemCount: items.length, tail: "" }]);
    expect(kept?.text === whole.toString(), `cut every ${size} bytes`).toBe(true);
  }
});

test("H1s: secrets are taken out of every part of a body, also where a part ends in one", async () => {
  const secret = "canary-4711-canary";
  const redactor = replacing(secret);
  const long = `${"x".repeat(262_140)}${secret}${"y".repeat(300_000)}`;
  const bytes = Buffer.from(long);
  const cut = [bytes.subarray(0, 262_145), bytes.subarray(262_145, 262_150), bytes.subarray(262_150)];
  const storage = newStorage();
  const kept = await keepAll(
    [
      {
        head: `{"system":"${secret}"}`,
        items: [{ role: "user", content: secret }],
        itemCount: 1,
        tail: secret,
      },
      { head: long, items: [], itemCount: 0, tail: "" },
      { head: "", items: cut, itemCount: cut.length, tail: "" },
      { head: secret, items: [`a ${secret}`, `${secret} b`], itemCount: 2, tail: "" },
    ],
    redactor,
    storage,
  );
  for (const { text } of kept) {
    expect(text.includes(secret)).toBe(false);
    expect(text).toContain("[redacted:test]");
  }
  const rows = await storage.list({ prefix: ["p"], limit: 1_000 });
  expect(JSON.stringify(rows).includes(secret)).toBe(false);
  expect(kept[1]?.text.length).toBe(long.length - secret.length + "[redacted:test]".length);
});

/** Takes one secret out, held back over the cuts of a stream. */
function replacing(secret: string): Redactor {
  const text = (value: string): string => value.replaceAll(secret, "[redacted:test]");
  return {
    text,
    json: <Value extends JsonValue>(value: Value) => JSON.parse(text(JSON.stringify(value))) as Value,
    stream: () => {
      let held = "";
      return {
        push: (piece) => {
          const shown = text(held + piece);
          const keep = Math.min(shown.length, secret.length - 1);
          held = shown.slice(shown.length - keep);
          return shown.slice(0, shown.length - keep);
        },
        end: () => text(held),
        found: false,
      };
    },
  };
}

test("a short answer of a server stands in the row of its trace, and a long one has pieces", async () => {
  const answer = (length: number) => {
    const bytes = Buffer.from("é".repeat(length));
    const items = [bytes.subarray(0, 77), bytes.subarray(77)];
    return { head: "", items, itemCount: items.length, tail: "" };
  };
  const [short, long] = await keepAll([answer(4_096), answer(4_097)]);
  expect(short).toEqual({ stored: [4_096, 0, ["é".repeat(4_096)], 0, 2, []], text: "é".repeat(4_096) });
  expect(long?.stored[2]).toEqual([[expect.any(String), 4_097]]);
  expect(long?.text).toBe("é".repeat(4_097));
});
