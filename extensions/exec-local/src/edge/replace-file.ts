// Old or new, never half (D7): the content goes to a file of its own beside the target, is made durable there, and
// takes the target's name in one step. A crash leaves at most that file, which nobody else can read.
import { randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { FileAccessError, type FileVersion } from "@lathe/kernel";
import { systemCode } from "../core/system-code.ts";
import { versionOf } from "./file-version.ts";
import { openPin, pinUnfollowed } from "./pin.ts";
import { inTurn } from "./rename-turns.ts";
import { syncFolder } from "./sync-folder.ts";
import type { WriteTarget } from "./write-target.ts";

const temporaryPrefix = ".lathe-write-";

/** Throws FileAccessError `changed` where the target is not in the expected state; the target is then unchanged. */
export async function replaceFile(
  target: WriteTarget,
  bytes: Uint8Array,
  expectedVersion: string | null | undefined,
  asked: string,
): Promise<FileVersion> {
  const { folder, name, replaced } = target;
  const temporaryPath = `${folder.door}/${temporaryPrefix}${randomUUID()}`;
  await using temporary = await open(temporaryPath, "wx", replaced === undefined ? 0o666 : 0o600);
  try {
    await temporary.writeFile(bytes);
    if (replaced !== undefined) await takeOver(temporary, replaced);
    await temporary.sync();
    await inTurn(`${folder.bytePath}/${name}`, async () => {
      if (expectedVersion !== undefined) await checkVersion(target, expectedVersion, asked);
      await rename(temporaryPath, `${folder.door}/${name}`);
    });
  } catch (cause) {
    await unlink(temporaryPath).catch(() => {});
    throw cause;
  }
  await syncFolder(folder);
  return { version: versionOf(await temporary.stat({ bigint: true })) };
}

/** Gives the new file the owner and the mode of the old one. */
async function takeOver(temporary: FileHandle, replaced: BigIntStats): Promise<void> {
  const own = await temporary.stat({ bigint: true });
  let keptBits = 0o7777;
  if (own.uid !== replaced.uid || own.gid !== replaced.gid) {
    await temporary.chown(Number(replaced.uid), Number(replaced.gid)).catch(() => {
      // Only root gives files away. The bits that lend out the owner's rights must not pass to another owner.
      keptBits = 0o777;
    });
  }
  await temporary.chmod(Number(replaced.mode) & keptBits);
}

async function checkVersion(
  target: WriteTarget,
  expectedVersion: string | null,
  asked: string,
): Promise<void> {
  const found = await currentVersion(`${target.folder.door}/${target.name}`);
  if (found === expectedVersion) return;
  const what = expectedVersion === null ? "exists already" : "was changed since it was read";
  throw new FileAccessError("changed", asked, `"${asked}" ${what}. Read it again before you write it.`);
}

async function currentVersion(path: string): Promise<string | null> {
  try {
    await using pin = await openPin(path, pinUnfollowed);
    return versionOf(await pin.handle.stat({ bigint: true }));
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return null;
    throw cause;
  }
}
