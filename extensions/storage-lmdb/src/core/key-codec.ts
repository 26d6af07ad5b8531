// Tuple keys as bytes whose order is the order of the tuples, and back.
//
// A number is 0x10 and its eight IEEE 754 bytes, big-endian, with the sign bit turned (a negative one with all bits
// turned). A string is 0x20, its UTF-8 with each NUL written as 0x00 0xFF, and 0x00. No tag is 0xFF, so a string that
// ends sorts before one that goes on with a NUL, and `key bytes + 0xFF` is the end of all keys that begin with the key.
// lmdb's own encoding is not used: it mixes up strings of 64 units and more that hold control characters, and -0.
import { type Key, type KeyPart, StorageDamagedError } from "@lathe/kernel";

const keyBytesMax = 1_900;
const numberTag = 0x10;
const stringTag = 0x20;
const escapedNul = 0xff;

// One part can be at most `keyBytesMax` units long, each of three bytes; the sum is checked after each part.
const scratch = Buffer.alloc(4 * keyBytesMax + 128);

/** Encodes a key below a namespace's bytes. Throws TypeError for a key that the contract refuses. */
export function encodeKey(namespace: Buffer, key: Key): Buffer {
  if (key.length === 0) throw new TypeError("A key has no parts. Give it at least one.");
  return encodePrefix(namespace, key);
}

/** As `encodeKey`, and an empty tuple is the namespace itself. */
export function encodePrefix(namespace: Buffer, key: Key): Buffer {
  let end = namespace.copy(scratch);
  for (const part of key) {
    end = writePart(part, end);
    if (end - namespace.length > keyBytesMax) {
      throw new TypeError(`A key is longer than ${keyBytesMax} bytes. Keep long text in the value.`);
    }
  }
  return Buffer.from(scratch.subarray(0, end));
}

/** Reads a key that `encodeKey` wrote. Throws StorageDamagedError for bytes that it cannot have written. */
export function decodeKey(namespace: Uint8Array, bytes: Buffer): Key {
  const key: KeyPart[] = [];
  let at = namespace.length;
  while (at < bytes.length) {
    if (bytes[at] === numberTag && at + 9 <= bytes.length) {
      key.push(readNumber(bytes, at + 1));
      at += 9;
    } else {
      const end = bytes[at] === stringTag ? endOfString(bytes, at + 1) : -1;
      if (end === -1) throw new StorageDamagedError(`The key ${shown(bytes)} is damaged.`);
      key.push(readString(bytes, at + 1, end));
      at = end + 1;
    }
  }
  return key;
}

function shown(bytes: Buffer): string {
  return bytes.toString("hex", 0, 64);
}

/** The first bytes after `bytes` in the order of keys. */
export function following(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.of(0x00)]);
}

/** The first bytes after everything that begins with the key of these bytes. */
export function endOfPrefix(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.of(0xff)]);
}

function writePart(part: KeyPart, at: number): number {
  if (typeof part === "string") return writeString(part, at);
  if (typeof part === "number") return writeNumber(part, at);
  throw new TypeError("A part of a key is neither a string nor a number.");
}

function writeNumber(value: number, at: number): number {
  if (!Number.isFinite(value)) throw new TypeError("A number in a key is not finite.");
  scratch[at] = numberTag;
  // Adding 0 makes -0 the 0 that it equals.
  scratch.writeDoubleBE(value + 0, at + 1);
  if (value < 0)
    for (let index = at + 1; index < at + 9; index++) scratch[index] = ~(scratch[index] as number);
  else scratch[at + 1] = (scratch[at + 1] as number) | 0x80;
  return at + 9;
}

function readNumber(bytes: Buffer, at: number): number {
  bytes.copy(scratch, 0, at, at + 8);
  const first = scratch[0] as number;
  if (first & 0x80) scratch[0] = first ^ 0x80;
  else for (let index = 0; index < 8; index++) scratch[index] = ~(scratch[index] as number);
  return scratch.readDoubleBE(0);
}

function writeString(text: string, at: number): number {
  if (text.length > keyBytesMax) throw new TypeError(`A key is longer than ${keyBytesMax} bytes.`);
  scratch[at] = stringTag;
  let end = at + 1;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0 || unit >= 0x80) return writeUnusualString(text, at + 1);
    scratch[end++] = unit;
  }
  scratch[end] = 0;
  return end + 1;
}

function writeUnusualString(text: string, at: number): number {
  if (!text.isWellFormed()) throw new TypeError("A string in a key is not well-formed Unicode.");
  let end = at;
  for (const byte of Buffer.from(text)) {
    scratch[end++] = byte;
    if (byte === 0) scratch[end++] = escapedNul;
  }
  scratch[end] = 0;
  return end + 1;
}

/** Where the NUL is that ends the string; -1 = nowhere. */
function endOfString(bytes: Buffer, at: number): number {
  let end = bytes.indexOf(0, at);
  while (end !== -1 && bytes[end + 1] === escapedNul) end = bytes.indexOf(0, end + 2);
  return end;
}

function readString(bytes: Buffer, at: number, end: number): string {
  const text = bytes.toString("utf8", at, end);
  return text.includes("\0") ? withoutEscapes(bytes, at, end) : text;
}

function withoutEscapes(bytes: Buffer, at: number, end: number): string {
  const plain: number[] = [];
  for (let index = at; index < end; index++) {
    plain.push(bytes[index] as number);
    if (bytes[index] === 0) index++;
  }
  return Buffer.from(plain).toString("utf8");
}
