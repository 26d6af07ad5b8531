/** Copies of a repository's files for one agent alone. */
export interface Worktrees {
  /**
   * Says what a fresh worktree of the repository that holds `cwd` will be, at its last commit, and makes nothing. `name` must
   * be new. Throws CallFailure where `cwd` is in no repository, or git fails.
   */
  plan(cwd: string, name: string): Promise<Worktree>;
  /**
   * Makes it as planned. One that is there already stays as it is; what a process that was killed has left half made is made
   * anew. Throws CallFailure where git fails.
   */
  make(worktree: PlannedWorktree): Promise<void>;
  /** Removes it where nothing was changed in it; else it stays. False = it stays. Never rejects. */
  release(worktree: PlannedWorktree): Promise<boolean>;
}

/** What has to be known to find a worktree again. */
export interface PlannedWorktree {
  /** Absolute path of its top folder. */
  readonly path: string;
  /** Absolute path of the repository that it belongs to. */
  readonly repository: string;
  /** What it is made of. */
  readonly commit: string;
}

export interface Worktree extends PlannedWorktree {
  /** Absolute path of the same folder in it as `cwd` was. */
  readonly cwd: string;
}
