import { FileAccessError } from "@lathe/kernel";
import { systemCode } from "../core/system-code.ts";

type Code = FileAccessError["code"];

const meanings: Readonly<Record<string, readonly [Code, string]>> = {
  ENOENT: ["not-found", "does not exist. List the folder to see what is there."],
  ENOTDIR: ["not-a-folder", "leads through something that is not a folder."],
  EISDIR: ["not-a-file", "is a folder, not a file."],
  EACCES: ["not-permitted", "may not be accessed by the user that the daemon runs as."],
  EPERM: ["not-permitted", "may not be accessed by the user that the daemon runs as."],
  EROFS: ["not-permitted", "is on a file system that is mounted read-only."],
  ETXTBSY: ["not-permitted", "is a program that is running. End it first."],
  ELOOP: ["invalid-path", "leads through too many symbolic links."],
  ENAMETOOLONG: ["invalid-path", "is too long. Use a shorter name."],
  ENOSPC: ["no-space", "cannot be written: the disk is full. Free some space."],
  EDQUOT: ["no-space", "cannot be written: the disk quota is used up. Free some space."],
  EMFILE: ["io", "cannot be opened: the daemon has too many files open. Try again in a moment."],
  ENFILE: ["io", "cannot be opened: the system has too many files open. Try again in a moment."],
};

/** Puts what the system said into words that name the path as it was asked for. */
export function toAccessError(asked: string, cause: unknown): FileAccessError {
  if (cause instanceof FileAccessError) return cause;
  const system = systemCode(cause) ?? "unknown error";
  const [code, rest] = meanings[system] ?? ["io", `cannot be accessed (${system}).`];
  return new FileAccessError(code, asked, `"${asked}" ${rest}`, { cause });
}

/** Runs one piece of work on a path; whatever it throws becomes a FileAccessError. */
export async function accessing<T>(asked: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw toAccessError(asked, cause);
  }
}
