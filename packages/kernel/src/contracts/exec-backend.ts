import { type ContributionPoint, contributionPoint } from "../token.ts";

/**
 * Where tools run commands and touch files: this machine, or another behind the same face.
 * It is contributed under its `computer` name.
 */
export interface ExecBackend {
  readonly computer: string;

  /**
   * Runs one command and settles when it has ended, or has been given up.
   *
   * Never throws for what the command does: every ending is an outcome. On timeout and on abort the promise settles
   * at once; the whole process tree is then ended in the background (terminate, then kill), also processes that left
   * their process group. When the command itself has ended, what it left running in the background is ended in the
   * same way and is not waited for. Output beyond `outputBytesMax` is counted and dropped while the pipe keeps being
   * drained.
   */
  run(command: Command): Promise<CommandOutcome>;

  /** The files below `root`, an absolute path. Nothing outside of it can be reached through the result. */
  files(root: string): RootedFiles;
}

export interface Command {
  /** Either a program with its arguments, started without a shell, or a line for the system's shell. */
  readonly program:
    | { readonly kind: "argv"; readonly argv: readonly [string, ...string[]] }
    | { readonly kind: "shell"; readonly line: string };
  /** Absolute path that `cwd` must not leave. */
  readonly root: string;
  /** Absolute, or relative to `root`. */
  readonly cwd: string;
  /**
   * Laid over a small allow-listed environment; the daemon's own secrets are never passed on. It comes from the
   * configuration, so it may name any variable but the marker by which the backend finds its processes again.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly outputBytesMax: number;
  readonly signal: AbortSignal;
  /** Called with decoded output as it arrives, at most `outputBytesMax` bytes in all, never after the outcome. */
  readonly onOutput?: (text: string) => void;
}

export type CommandOutcome =
  | (CommandOutput & { readonly kind: "exited"; readonly exitCode: number })
  | (CommandOutput & { readonly kind: "signalled"; readonly signal: string })
  | (CommandOutput & { readonly kind: "timed-out" })
  | (CommandOutput & { readonly kind: "aborted" })
  | {
      readonly kind: "not-started";
      readonly reason:
        | "outside-root"
        | "no-such-folder"
        | "no-such-program"
        | "invalid-command"
        | "not-permitted"
        | "no-resources";
      readonly message: string;
    };

export interface CommandOutput {
  /** Standard output and standard error as they came, decoded as UTF-8. */
  readonly output: string;
  /** Bytes that came after `outputBytesMax`. A character that the limit cuts in two is in neither part. */
  readonly droppedBytes: number;
  readonly durationMs: number;
}

/**
 * Files below one root. Paths are relative to the root or absolute inside it; what was opened is checked, not what
 * was asked for, so a symbolic link never leads outside. Every method throws FileAccessError.
 */
export interface RootedFiles {
  readonly root: string;
  /** Reads up to `bytesMax` bytes from `offset`. `sizeBytes` is the size of the whole file. */
  read(path: string, range: { readonly offset: number; readonly bytesMax: number }): Promise<FileSlice>;
  /**
   * Replaces or creates a file: all of it, or nothing of it. Keeps the mode of an existing file; makes missing folders.
   * Settles when the content is on disk. A symbolic link that leads to a file inside is followed.
   * `expectedVersion` (from `read`) refuses with `changed` when the file was changed since; `null` = must not exist.
   */
  write(
    path: string,
    bytes: Uint8Array,
    options?: { readonly expectedVersion?: string | null },
  ): Promise<FileVersion>;
  /** The entries of one folder, sorted by name, at most `entryCountMax`. */
  list(path: string, options: { readonly entryCountMax: number }): Promise<FolderListing>;
  /**
   * Walks the tree below `path` depth first in name order, each folder before what is in it, without following
   * symbolic links. Ends quietly when `signal` aborts. A folder below `path` whose name is in `skipFolderNames`, or
   * that cannot be read, is given but not entered; only `path` itself throws.
   */
  walk(
    path: string,
    options: { readonly signal: AbortSignal; readonly skipFolderNames?: readonly string[] },
  ): AsyncIterable<FileEntry>;
}

export interface FileSlice {
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
  readonly version: string;
}

export interface FileVersion {
  readonly version: string;
}

export interface FolderListing {
  readonly entries: readonly FileEntry[];
  readonly truncated: boolean;
}

export interface FileEntry {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link" | "other";
  /** 0 where the kind is not `file`. */
  readonly sizeBytes: number;
}

/** A file could not be reached. The message names the path as it was asked for and says what to do. */
export class FileAccessError extends Error {
  readonly code:
    | "outside-root"
    | "not-found"
    | "not-a-file"
    | "not-a-folder"
    | "not-permitted"
    | "hard-linked"
    | "changed"
    | "invalid-path"
    | "no-space"
    | "io";
  readonly path: string;

  constructor(code: FileAccessError["code"], path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "FileAccessError";
    this.code = code;
    this.path = path;
  }
}

export const ExecBackends: ContributionPoint<ExecBackend> = contributionPoint<ExecBackend>("exec-backends");
