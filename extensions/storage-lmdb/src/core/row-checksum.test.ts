import fc from "fast-check";
import { expect, test } from "vitest";
import { isIntact, readStored, withRoomForChecksum, writeChecksum } from "./row-checksum.ts";

const rows = fc.record({
  key: fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  text: fc.json(),
  version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
});

function stored({ key, text, version }: { key: Buffer; text: string; version: number }): Buffer {
  const value = withRoomForChecksum(text);
  writeChecksum(value, key, version);
  return value;
}

function changed(bytes: Buffer, at: number, by: number): Buffer {
  const other = Buffer.from(bytes);
  const place = at % bytes.length;
  other[place] = (other[place] as number) ^ by;
  return other;
}

const change = [fc.nat(), fc.integer({ min: 1, max: 255 })] as const;

test("what was written is read, and is intact at its key and version", () => {
  fc.assert(
    fc.property(rows, (row) => {
      const value = readStored(stored(row));
      expect(value.text).toBe(row.text);
      expect(isIntact(value, row.key, row.version)).toBe(true);
    }),
  );
});

test("any one changed byte of the value is noticed: by the checksum, or because what is left is no JSON", () => {
  fc.assert(
    fc.property(rows, ...change, (row, at, by) => {
      const value = readStored(changed(stored(row), at, by));
      if (value.checksum === undefined) expect(() => JSON.parse(value.text)).toThrow(SyntaxError);
      else expect(isIntact(value, row.key, row.version)).toBe(false);
    }),
  );
});

test("any one changed byte of the key is noticed, and so is any of the version", () => {
  fc.assert(
    fc.property(rows, ...change, (row, at, by) => {
      const value = readStored(stored(row));
      expect(isIntact(value, changed(row.key, at, by), row.version)).toBe(false);
      const version = Buffer.alloc(8);
      version.writeDoubleLE(row.version);
      expect(isIntact(value, row.key, changed(version, at, by).readDoubleLE())).toBe(false);
    }),
  );
});

test("the form of what is stored stays as it is", () => {
  const value = stored({ key: Buffer.from("\x02key"), text: '{"a":1}', version: 7 });
  expect(value.toString("latin1", 0, 8)).toBe('{"a":1}\0');
  expect(value.readInt32LE(8)).toBe(-1_660_223_645);
});
