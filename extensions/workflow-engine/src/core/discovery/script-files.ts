import type { WorkflowFolderWarning, WorkflowProblem } from "@lathe/wire";

/** Where scripts lie on a disk. Nothing here runs any of them. */
export interface ScriptFiles {
  /** The real path of a folder; undefined = there is none that can be seen. */
  realFolder(path: string): Promise<string | undefined>;
  /**
   * The real paths of a folder and of those above it up to its repository's root, which holds `.git`, nearest first; the
   * folder alone where it is in no repository. Undefined = it is no absolute path of a folder.
   */
  foldersUpToRoot(cwd: string): Promise<readonly string[] | undefined>;
  /** The scripts in a folder below `base`, in order of their names; none where there is no such folder. */
  list(base: string, below: string): Promise<ScriptListing>;
  /** Never rejects: what keeps it from being read is in the answer. */
  read(file: ScriptFile): Promise<ScriptText>;
}

export interface ScriptListing {
  readonly files: readonly ListedFile[];
  readonly warnings: readonly WorkflowFolderWarning[];
}

export type ListedFile =
  | ScriptFile
  | { readonly kind: "refused"; readonly path: string; readonly problem: WorkflowProblem };

export interface ScriptFile {
  readonly kind: "file";
  /** As people look for it: links are not resolved. */
  readonly path: string;
  readonly realPath: string;
  /** Changes with the file; null = it was changed so recently that it could change again without a trace. */
  readonly stamp: string | null;
}

export type ScriptText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly problem: WorkflowProblem };
