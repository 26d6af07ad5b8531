// Where a write goes: a folder that is held in place and was found to be inside of the root, and a name in it.
import { type BigIntStats, constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { FileAccessError } from "@lathe/kernel";
import { systemCode } from "../core/system-code.ts";
import { openPin, openPinInside, type Pin, pinAny, pinFolder, pinUnfollowed } from "./pin.ts";
import { syncFolder } from "./sync-folder.ts";

export interface WriteTarget extends AsyncDisposable {
  readonly folder: Pin;
  readonly name: string;
  /** What is replaced; undefined for a new file. */
  readonly replaced: BigIntStats | undefined;
}

export interface WritePlace {
  readonly root: string;
  readonly rootBytePath: string;
  readonly names: readonly string[];
  readonly asked: string;
}

/** Opens the folder to write in and makes it where it is missing. Whoever opens the target disposes it. */
export async function openTarget(place: WritePlace): Promise<WriteTarget> {
  const name = place.names.at(-1);
  if (name === undefined)
    throw refuse(place, "not-a-file", "is the working folder itself. Name a file in it.");
  const folder = await openFolder(place, place.names.slice(0, -1));
  try {
    const found = await openExisting(place, folder, name);
    if (found === undefined) return target(folder, name, undefined);
    await using existing = found;
    const replaced = await checkReplaceable(place, existing);
    if (existing.bytePath === `${folder.bytePath}/${Buffer.from(name).toString("latin1")}`) {
      return target(folder, name, replaced);
    }
    // A symbolic link led elsewhere inside of the root: that is where the write goes, and the link stays.
    return await openLinked(place, existing, replaced, folder);
  } catch (cause) {
    await folder.handle.close();
    throw cause;
  }
}

function target(folder: Pin, name: string, replaced: BigIntStats | undefined): WriteTarget {
  return { folder, name, replaced, [Symbol.asyncDispose]: () => folder.handle.close() };
}

/** Steps down from the root one name at a time, each step checked, so that no folder is made outside. */
async function openFolder(place: WritePlace, names: readonly string[]): Promise<Pin> {
  let here = await openPinInside(place.rootBytePath, place.root, pinFolder, place.asked);
  for (const name of names) {
    await using above = here;
    here = await openOrMakeFolder(place, above, name);
  }
  return here;
}

async function openOrMakeFolder(place: WritePlace, above: Pin, name: string): Promise<Pin> {
  const path = `${above.door}/${name}`;
  try {
    return await openPinInside(place.rootBytePath, path, pinFolder, place.asked);
  } catch (cause) {
    if (systemCode(cause) !== "ENOENT") throw cause;
  }
  await mkdir(path).catch((cause: unknown) => {
    if (systemCode(cause) !== "EEXIST") throw cause;
  });
  await syncFolder(above);
  return await openPinInside(place.rootBytePath, path, pinFolder, place.asked);
}

async function openExisting(place: WritePlace, folder: Pin, name: string): Promise<Pin | undefined> {
  const path = `${folder.door}/${name}`;
  try {
    return await openPinInside(place.rootBytePath, path, pinAny, place.asked);
  } catch (cause) {
    if (systemCode(cause) !== "ENOENT") throw cause;
  }
  if (!(await isThere(path))) return undefined;
  throw refuse(place, "not-found", "is a symbolic link to nothing. Remove the link, or write to its target.");
}

async function isThere(path: string): Promise<boolean> {
  try {
    await using _pin = await openPin(path, pinUnfollowed);
    return true;
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return false;
    throw cause;
  }
}

async function checkReplaceable(place: WritePlace, existing: Pin): Promise<BigIntStats> {
  const stat = await existing.handle.stat({ bigint: true });
  if (stat.isDirectory()) throw refuse(place, "not-a-file", "is a folder. Name a file in it.");
  if (!stat.isFile()) throw refuse(place, "not-a-file", "is a device, a pipe or a socket, not a plain file.");
  if (stat.nlink > 1n) {
    throw refuse(
      place,
      "hard-linked",
      "has a second name (hard link), maybe outside of the working folder. Copy it, remove it, then write the copy.",
    );
  }
  // Replacing needs no right to the file itself, but who took that right away meant something by it.
  await access(existing.door, constants.W_OK);
  return stat;
}

async function openLinked(
  place: WritePlace,
  existing: Pin,
  replaced: BigIntStats,
  linkFolder: Pin,
): Promise<WriteTarget> {
  const slash = existing.bytePath.lastIndexOf("/");
  const parentBytePath = existing.bytePath.slice(0, slash) || "/";
  const parent = await openPinInside(
    place.rootBytePath,
    Buffer.from(parentBytePath, "latin1"),
    pinFolder,
    place.asked,
  );
  const name = Buffer.from(existing.bytePath.slice(slash + 1), "latin1").toString("utf8");
  // Moved or removed between the two looks: then this is no longer the file's folder.
  if (parent.bytePath !== parentBytePath || replaced.nlink === 0n) {
    await parent.handle.close();
    throw refuse(place, "changed", "was moved while it was opened. Read it again.");
  }
  await linkFolder.handle.close();
  return target(parent, name, replaced);
}

function refuse(place: WritePlace, code: FileAccessError["code"], rest: string): FileAccessError {
  return new FileAccessError(code, place.asked, `"${place.asked}" ${rest}`);
}
