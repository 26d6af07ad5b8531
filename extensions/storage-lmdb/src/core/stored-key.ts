// Where things are in the file: the first byte of a key says what it is.
import { decodeKey } from "./key-codec.ts";

/** The store's own marks. */
export const markTag = 0x01;
/** Rows of extensions. */
export const rowTag = 0x02;
/** Blobs of extensions: the namespace, and the 32 bytes of the hash. */
export const blobTag = 0x03;

export const hashBytes = 32;

const shownCharactersMax = 200;

/** Names a key for people. Never throws. */
export function nameOf(key: Buffer): string {
  const text = plainName(key);
  return text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}...` : text;
}

function plainName(key: Buffer): string {
  try {
    if (key[0] === markTag) return `the mark "${key.toString("utf8", 1)}"`;
    const isBlob = key[0] === blobTag;
    const end = isBlob ? key.length - hashBytes : key.length;
    const [namespace, ...parts] = decodeKey(key.subarray(0, 1), key.subarray(0, end));
    if (isBlob) return `the blob ${key.toString("hex", end)} of ${namespace}`;
    return `the row ${JSON.stringify(parts)} of ${namespace}`;
  } catch {
    return `the key ${key.toString("hex")}`;
  }
}
