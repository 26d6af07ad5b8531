// A folder that only the user of this process can look into.
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
} from "node:fs";
import { dirname } from "node:path";

/** The folder cannot be used; the message says why and what to do. */
export class PrivateFolderError extends Error {
  readonly code: "symbolic-link" | "not-a-folder" | "foreign" | "open-to-others" | "not-writable";

  constructor(code: PrivateFolderError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PrivateFolderError";
    this.code = code;
  }
}

/**
 * Makes the folder with mode 0700 where it is missing, and judges the one that is there.
 *
 * What was opened is judged, not what the path leads to a moment later. Folders above it are made with the usual
 * mode. Throws PrivateFolderError for a symbolic link, another user's folder, one that others may look into, one that
 * cannot be written to.
 */
export function makePrivateFolder(path: string): void {
  const made = make(path);
  const descriptor = open(path);
  try {
    // A umask may have taken rights from the owner.
    if (made) fchmodSync(descriptor, 0o700);
    judge(path, fstatSync(descriptor));
    refuseReadOnly(path);
  } finally {
    closeSync(descriptor);
  }
}

function make(path: string): boolean {
  try {
    makeAbove(path);
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw notWritable(path, cause);
  }
}

// Not with `recursive`: Node then tries for ever in places such as /proc, which say that a folder's parent is missing.
function makeAbove(path: string): void {
  const above = dirname(path);
  if (above === path || existsSync(above)) return;
  makeAbove(above);
  try {
    mkdirSync(above);
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause;
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ELOOP") throw symbolicLink(path, cause);
    if (code === "ENOTDIR") throw notAFolder(path, cause);
    throw notWritable(path, cause);
  }
}

function judge(path: string, { uid, mode }: Stats): void {
  const user = process.getuid?.();
  if (user !== undefined && uid !== user) {
    throw new PrivateFolderError(
      "foreign",
      `The folder ${path} belongs to user ${uid}, and this is user ${user}. Choose a folder of your own with --state.`,
    );
  }
  if ((mode & 0o077) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, "0");
    throw new PrivateFolderError(
      "open-to-others",
      `The folder ${path} is open to other users (mode ${octal}). Close it with: chmod 700 ${path}`,
    );
  }
}

function refuseReadOnly(path: string): void {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw notWritable(path, cause);
  }
}

function isSymbolicLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function symbolicLink(path: string, cause: unknown): PrivateFolderError {
  const message = `${path} is a symbolic link, which somebody else could turn elsewhere. Name the folder itself with --state.`;
  return new PrivateFolderError("symbolic-link", message, { cause });
}

function notAFolder(path: string, cause: unknown): PrivateFolderError {
  // Linux says the same of a link, when it is asked for a folder.
  if (isSymbolicLink(path)) return symbolicLink(path, cause);
  return new PrivateFolderError(
    "not-a-folder",
    `${path} is not a folder, or lies in something that is none. Choose another folder with --state.`,
    { cause },
  );
}

function notWritable(path: string, cause: unknown): PrivateFolderError {
  return new PrivateFolderError(
    "not-writable",
    `The folder ${path} cannot be made or written to (${codeOf(cause)}). Make it writable, or choose another with --state.`,
    { cause },
  );
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}
