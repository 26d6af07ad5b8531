/** Copies of a repository's files for one agent alone. */
export interface Worktrees {
  /**
   * Makes a fresh worktree of the repository that holds `cwd`, at its last commit. `name` must be new. Throws CallFailure
   * where `cwd` is in no repository, or git fails.
   */
  make(cwd: string, name: string): Promise<Worktree>;
  /** Removes it where nothing was changed in it; else it stays. False = it stays. Never rejects. */
  release(worktree: Pick<Worktree, "path" | "repository" | "commit">): Promise<boolean>;
}

export interface Worktree {
  /** Absolute path of its top folder. */
  readonly path: string;
  /** Absolute path of the same folder in it as `cwd` was. */
  readonly cwd: string;
  /** Absolute path of the repository that it belongs to. */
  readonly repository: string;
  /** What it was made of. */
  readonly commit: string;
}
