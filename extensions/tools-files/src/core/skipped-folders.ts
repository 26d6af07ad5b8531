/** Folders that hold what others made; they are entered only when somebody asks for them by name. */
export const skippedFolderNames: readonly string[] = [".git", "node_modules"];
