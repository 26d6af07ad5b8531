// The order and the size of tuple keys, said in the plainest way: the conformance suite and the in-memory storage
// judge by it, so it shares nothing with any engine's encoding.
import type { Key, KeyPart } from "@lathe/kernel";

const keyBytesMax = 1_900;

/** Negative where `left` sorts first, 0 where they are the same key. */
export function compareKeys(left: Key, right: Key): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const order = compareParts(left[index] as KeyPart, right[index] as KeyPart);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareParts(left: KeyPart, right: KeyPart): number {
  if (typeof left === "number") return typeof right === "number" ? Math.sign(left - right) : -1;
  if (typeof right === "number") return 1;
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Whether `key` is `prefix` or begins with it. */
export function isUnder(prefix: Key, key: Key): boolean {
  return key.length >= prefix.length && compareKeys(prefix, key.slice(0, prefix.length)) === 0;
}

/** A copy of the key as it will be read back. Throws TypeError for one that the contract refuses. */
export function checkedKey(key: Key): Key {
  if (key.length === 0) throw new TypeError("A key has no parts. Give it at least one.");
  const bytes = key.reduce<number>((sum, part) => sum + partBytes(part), 0);
  if (bytes > keyBytesMax)
    throw new TypeError(`A key has ${bytes} bytes; at most ${keyBytesMax} can be kept.`);
  return key.map((part) => (part === 0 ? 0 : part));
}

function partBytes(part: unknown): number {
  if (typeof part === "number") {
    if (!Number.isFinite(part)) throw new TypeError("A number in a key is not finite.");
    return 9;
  }
  if (typeof part !== "string") throw new TypeError("A part of a key is neither a string nor a number.");
  if (!part.isWellFormed()) throw new TypeError("A string in a key is not well-formed Unicode.");
  return Buffer.byteLength(part) + part.split("\0").length - 1 + 2;
}
