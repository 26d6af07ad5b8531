// The checksum behind each row's text: it shows that the row is what was written, at the key and version it was written to.
//
// A row is its JSON text, 0x00, and four bytes: the CRC-32 of the text, mixed with an FNV-1a of key and version. Each
// changes when any single byte of what it covers does, so one damaged byte is always noticed, and more of them nearly
// always. JSON text holds no NUL, so rows of the first format, which have none, are told apart and read as they are.
import { crc32 } from "node:zlib";

const checksumBytes = 5;

/** What a row's bytes say, not compared with its key and version yet. */
export interface StoredValue {
  readonly text: string;
  /** The CRC-32 of the text. */
  readonly textSum: number;
  /** Undefined where there is none. */
  readonly checksum: number | undefined;
}

/** The text's bytes, and room for the checksum. */
export function withRoomForChecksum(text: string): Buffer {
  const textBytes = Buffer.byteLength(text);
  const value = Buffer.allocUnsafe(textBytes + checksumBytes);
  value.write(text);
  value[textBytes] = 0;
  return value;
}

/** Fills in the checksum of what `withRoomForChecksum` made. */
export function writeChecksum(value: Buffer, key: Buffer, version: number): void {
  const textBytes = value.length - checksumBytes;
  const sum = crc32(value.subarray(0, textBytes)) ^ placeSum(key, version);
  value.writeInt32LE(sum | 0, textBytes + 1);
}

/** Reads bytes that may be used for something else at once. */
export function readStored(bytes: Buffer): StoredValue {
  const size = bytes.length;
  const hasChecksum = size >= checksumBytes && bytes[size - checksumBytes] === 0;
  const textBytes = hasChecksum ? size - checksumBytes : size;
  return {
    text: bytes.toString("utf8", 0, textBytes),
    textSum: crc32(bytes.subarray(0, textBytes)) | 0,
    checksum: hasChecksum ? bytes.readInt32LE(textBytes + 1) : undefined,
  };
}

/** Whether the value is the one that was written to this key with this version, as far as can be told. */
export function isIntact(
  { textSum, checksum: found }: StoredValue,
  key: Uint8Array,
  version: number,
): boolean {
  return found === undefined || (textSum ^ placeSum(key, version)) === found;
}

/** A number that changes when any single byte of the key changes, or the version. */
export function placeSum(key: Uint8Array, version: number): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) sum = mix(sum, key[index] as number);
  versionNumber[0] = version;
  return mix(mix(sum, versionBits[0] as number), versionBits[1] as number);
}

// All of its bits, also those that no version has.
const versionNumber = new Float64Array(1);
const versionBits = new Uint32Array(versionNumber.buffer);

/** One step of FNV-1a. */
export function mix(sum: number, bits: number): number {
  return Math.imul(sum ^ bits, 0x01000193);
}
