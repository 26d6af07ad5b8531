// What a walk over everything that is stored has seen, one entry after the other.
import { hash } from "node:crypto";
import { decodeKey, encodeKey } from "./key-codec.ts";
import { isIntact, mix, placeSum, type StoredValue } from "./row-checksum.ts";
import { blobTag, hashBytes, markTag, nameOf, rowTag } from "./stored-key.ts";

/** Findings beyond these are counted only. */
const shownFindingCountMax = 20;

export interface WalkedEntry {
  readonly key: Buffer;
  readonly version: number;
  /** Bytes where the key is a blob's. */
  readonly value: StoredValue | Uint8Array;
  /** The last version that may have been used when it was read. */
  readonly versionsMark: number;
}

/** Plain data: it crosses to another process. */
export interface Walk {
  readonly rowCount: number;
  readonly blobCount: number;
  /** Of all values and blobs. */
  readonly valueBytes: number;
  readonly findingCount: number;
  readonly findings: readonly Finding[];
  /** The same where the same was stored, in the same order. */
  readonly digest: number;
}

export interface Finding {
  readonly where: string;
  readonly problem: string;
}

export class WalkReport {
  readonly #findings: Finding[] = [];
  #findingCount = 0;
  #rowCount = 0;
  #blobCount = 0;
  #valueBytes = 0;
  #digest = 0;

  /** How many rows, blobs and marks were seen. */
  entryCount = 0;

  add(entry: WalkedEntry): void {
    const { key, value, version } = entry;
    this.entryCount++;
    if (key[0] === rowTag) this.#rowCount++;
    if (key[0] === blobTag) this.#blobCount++;
    const isBlob = value instanceof Uint8Array;
    this.#valueBytes += isBlob ? value.length : Buffer.byteLength(value.text);
    this.#digest = mix(mix(this.#digest, placeSum(key, version)), isBlob ? value.length : value.textSum);
    const problem = isBlob ? problemOfBlob(key, value) : problemOfText(entry, value);
    if (problem !== undefined) this.find(nameOf(key), problem);
  }

  find(where: string, problem: string): void {
    this.#findingCount++;
    if (this.#findings.length < shownFindingCountMax) this.#findings.push({ where, problem });
  }

  end(): Walk {
    return {
      rowCount: this.#rowCount,
      blobCount: this.#blobCount,
      valueBytes: this.#valueBytes,
      findingCount: this.#findingCount,
      findings: this.#findings,
      digest: this.#digest,
    };
  }
}

function problemOfBlob(key: Buffer, bytes: Uint8Array): string | undefined {
  if (!isWellFormed(key.subarray(0, Math.max(1, key.length - hashBytes)))) return "Its key is damaged.";
  const digest = key.toString("hex", key.length - hashBytes);
  return hash("sha256", bytes, "hex") === digest ? undefined : "Its bytes do not match its hash.";
}

function problemOfText({ key, version, versionsMark }: WalkedEntry, value: StoredValue): string | undefined {
  if (key[0] !== markTag && key[0] !== rowTag) return "Nothing of this kind is stored.";
  if (!isIntact(value, key, version)) return "It does not match its checksum.";
  // A mark of the first format is a number; one of this format that lost its checksum is none.
  if (key[0] === markTag)
    return value.checksum === undefined && !/^\d+$/.test(value.text) ? "It lost its checksum." : undefined;
  if (!isWellFormed(key)) return "Its key is damaged.";
  if (!isJson(value.text)) return "Its value is no JSON.";
  if (!(Number.isInteger(version) && version > 0 && version <= versionsMark))
    return `Its version ${version} was never given: the last is ${versionsMark}.`;
  return undefined;
}

/** Whether the bytes are a key as they are written: decoded and encoded again they are the same. */
function isWellFormed(key: Buffer): boolean {
  try {
    const kind = key.subarray(0, 1);
    return encodeKey(kind, decodeKey(kind, key)).equals(key);
  } catch {
    return false;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
