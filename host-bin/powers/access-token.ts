// The secret that opens this daemon to whoever can read its state folder.
import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, link, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { makePrivateFolder } from "./private-folder.ts";

/** The token file is not one that only this user could have written; the message says what to do. */
export class AccessTokenError extends Error {
  readonly code: "symbolic-link" | "not-a-file" | "foreign" | "open-to-others" | "broken" | "not-reachable";

  constructor(code: AccessTokenError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AccessTokenError";
    this.code = code;
  }
}

/**
 * Reads the token that is kept in `folder`, and makes it at the first call: 256 random bits as 43 characters.
 *
 * The folder is made where it is missing. What was opened is judged, not what the path leads to a moment later. Two
 * processes that begin at once get the same token; a crash leaves a whole token or none. Throws PrivateFolderError
 * and AccessTokenError.
 */
export async function openAccessToken(folder: string): Promise<string> {
  makePrivateFolder(folder);
  const path = join(folder, "token");
  const kept = await readToken(path);
  if (kept !== undefined) return kept;
  await placeToken(folder, path);
  // Read back: it may be the token of another process that was faster.
  const placed = await readToken(path);
  if (placed !== undefined) return placed;
  throw new AccessTokenError("not-reachable", `The file ${path} was removed while it was made. Start again.`);
}

const tokenLength = 43;

async function readToken(path: string): Promise<string | undefined> {
  const file = await openExisting(path);
  if (file === undefined) return undefined;
  try {
    judge(path, await file.stat());
    const text = await file.readFile("utf8");
    if (new RegExp(`^[A-Za-z0-9_-]{${tokenLength}}\\n?$`).test(text)) return text.trimEnd();
    throw new AccessTokenError("broken", `The file ${path} holds no token. Remove it, and start again.`);
  } finally {
    await file.close();
  }
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    // Not blocking: somebody could have put a pipe there, which would be waited for.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP")
      throw new AccessTokenError(
        "symbolic-link",
        `${path} is a symbolic link, which somebody else could turn elsewhere. Remove it, and start again.`,
        { cause },
      );
    throw notReachable(path, cause);
  }
}

function judge(path: string, stats: Stats): void {
  if (!stats.isFile())
    throw new AccessTokenError("not-a-file", `${path} is not a file. Remove it, and start again.`);
  const user = process.getuid?.();
  if (user !== undefined && stats.uid !== user)
    throw new AccessTokenError(
      "foreign",
      `The file ${path} belongs to user ${stats.uid}, and this is user ${user}. Remove it, and start again.`,
    );
  if ((stats.mode & 0o077) !== 0) {
    const octal = (stats.mode & 0o777).toString(8).padStart(4, "0");
    throw new AccessTokenError(
      "open-to-others",
      `The file ${path} is open to other users (mode ${octal}), who may know the token by now. Remove it, and start again.`,
    );
  }
}

// Written under a name of its own and then linked to the real one, which fails where there is one: nobody ever reads
// half a token, and nobody's token is replaced.
async function placeToken(folder: string, path: string): Promise<void> {
  const draft = join(folder, `.token-${randomBytes(8).toString("hex")}`);
  try {
    await writeNew(draft, randomBytes(32).toString("base64url"));
    try {
      await link(draft, path);
    } finally {
      await unlink(draft);
    }
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw notReachable(path, cause);
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    // A umask may have taken rights from the owner.
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function notReachable(path: string, cause: unknown): AccessTokenError {
  return new AccessTokenError(
    "not-reachable",
    `The file ${path} cannot be made or read (${codeOf(cause)}). Make the folder writable, or choose another with --state.`,
    { cause },
  );
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}
