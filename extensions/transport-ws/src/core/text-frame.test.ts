import type { Writable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as ws from "ws";
import { textFrame } from "./text-frame.ts";

// ws exports what its types do not name.
const { Receiver } = ws as unknown as {
  readonly Receiver: new (options: { readonly isServer: boolean }) => Writable;
};

function read(frame: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const receiver = new Receiver({ isServer: false });
    receiver.on("message", (bytes: Buffer, isBinary: boolean) =>
      isBinary ? reject(new Error()) : resolve(String(bytes)),
    );
    receiver.on("error", reject);
    receiver.write(frame);
  });
}

test("H12s: a frame of any length is read as the text that it was made of, and holds nothing else", async () => {
  const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000];
  for (const length of lengths) {
    const frame = textFrame("x".repeat(length));
    expect(await read(frame)).toBe("x".repeat(length));
    expect(frame.length - length).toBe(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  }
});

test("any text survives, and what is no Unicode comes as the sign for that", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 300 }), async (text) => {
      expect(await read(textFrame(text))).toBe(text.toWellFormed());
    }),
  );
  expect(await read(textFrame("a\ud800b"))).toBe("a\ufffdb");
});
