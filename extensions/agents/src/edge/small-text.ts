// Reads small text files of others: nothing outside of their folder, nothing large, nothing that is no text.
import { constants } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { sep } from "node:path";

const bytesMax = 65_536;

export interface Unread {
  readonly kind: "unread";
  readonly message: string;
}

const notFile = unread("It is not a file.");
const tooLarge = unread(`It is larger than ${bytesMax} bytes.`);

export type Version =
  /** `target` is the file itself, without symbolic links. */
  { readonly kind: "version"; readonly version: string; readonly target: string } | Unread;

export type SmallText = { readonly kind: "text"; readonly text: string; readonly version: string } | Unread;

/** Changes when the file does. A symbolic link is followed within `folder` only, which has none in its path. */
export async function versionOf(path: string, folder: string): Promise<Version> {
  try {
    const target = await realpath(path);
    if (!target.startsWith(folder + sep)) return unread("It is a symbolic link that leaves its folder.");
    const stats = await lstat(target, { bigint: true });
    if (!stats.isFile()) return notFile;
    if (stats.size > bytesMax) return tooLarge;
    return { kind: "version", version: versionIn(stats), target };
  } catch (failure) {
    return unread(refusalOf(failure));
  }
}

/** Does not wait for anything: what is not a file (a pipe, a device) is not read. */
export async function readSmallText(target: string): Promise<SmallText> {
  let file: FileHandle | undefined;
  try {
    file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) return notFile;
    const bytes = await readUpTo(file, bytesMax + 1);
    if (bytes.length > bytesMax) return tooLarge;
    const text = decode(bytes);
    if (text === undefined) return unread("It is not text in UTF-8.");
    return { kind: "text", text, version: versionIn(stats) };
  } catch (failure) {
    return unread(refusalOf(failure));
  } finally {
    await file?.close();
  }
}

async function readUpTo(file: FileHandle, bytesMax: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(bytesMax);
  let length = 0;
  while (length < bytesMax) {
    const { bytesRead } = await file.read(buffer, length, bytesMax - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

interface FileStats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

function versionIn({ dev, ino, size, mtimeNs, ctimeNs }: FileStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(":");
}

function refusalOf(failure: unknown): string {
  const { code } = failure as NodeJS.ErrnoException;
  return code === undefined ? "It cannot be read." : `It cannot be read (${code}).`;
}

function unread(message: string): Unread {
  return { kind: "unread", message };
}
