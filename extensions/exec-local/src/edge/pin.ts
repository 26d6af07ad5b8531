// Open first, then check what was opened.
//
// A pin is a descriptor opened with O_PATH: it holds one file or folder in place, whatever happens to the names that
// led there, and opening it has no effect, also not on a pipe or a device. What it holds is read from
// /proc/self/fd and compared with the root; only then is it opened for use, through the pin and not by its name.
// A name that is swapped between the check and the use therefore changes nothing.
import { constants } from "node:fs";
import { type FileHandle, open, readlink } from "node:fs/promises";
import { FileAccessError } from "@lathe/kernel";

// The same number on every architecture that Node supports on Linux; Node does not name it.
const O_PATH = 0o10000000;

export const pinAny: number = O_PATH;
export const pinFolder: number = O_PATH | constants.O_DIRECTORY;
export const pinUnfollowed: number = O_PATH | constants.O_NOFOLLOW;

export interface Pin extends AsyncDisposable {
  readonly handle: FileHandle;
  /** Leads to exactly what is held. */
  readonly door: string;
  /** Where it is, free of links; each byte is one character, so that no two paths look the same. */
  readonly bytePath: string;
}

/** Opens a pin. Whoever opens it disposes it. Throws what the system throws. */
export async function openPin(path: string | Buffer, flags: number): Promise<Pin> {
  const handle = await open(path, flags);
  const door = `/proc/self/fd/${handle.fd}`;
  try {
    const bytePath = await readlink(door, { encoding: "latin1" });
    return { handle, door, bytePath, [Symbol.asyncDispose]: () => handle.close() };
  } catch (cause) {
    await handle.close();
    throw cause;
  }
}

/** Opens a pin on something that must be inside of the root. Throws FileAccessError `outside-root`. */
export async function openPinInside(
  rootBytePath: string,
  path: string | Buffer,
  flags: number,
  asked: string,
): Promise<Pin> {
  const pin = await openPin(path, flags);
  if (isInside(pin.bytePath, rootBytePath)) return pin;
  await pin.handle.close();
  throw new FileAccessError(
    "outside-root",
    asked,
    `"${asked}" leads outside of the working folder. Use a path that stays inside of it.`,
  );
}

/** Compares whole names, so that `/root-evil` is not inside of `/root`. The kernel's own file systems never are. */
export function isInside(bytePath: string, rootBytePath: string): boolean {
  if (!bytePath.startsWith("/") || isBelow(bytePath, "/proc") || isBelow(bytePath, "/sys")) return false;
  return rootBytePath === "/" || isBelow(bytePath, rootBytePath);
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
