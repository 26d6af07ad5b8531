// Names of tools in files that were written for Claude Code, and what they are called here.

const ownNames: ReadonlyMap<string, string> = new Map([
  ["Read", "read_file"],
  ["Write", "write_file"],
  ["Edit", "edit_file"],
  ["MultiEdit", "edit_file"],
  ["Glob", "list_files"],
  ["LS", "list_files"],
  ["Grep", "search_files"],
  ["Bash", "run_command"],
]);

/**
 * The names of a list, or of a text with commas between them, each once. A name with a rule behind it (`Bash(git:*)`)
 * stays as it is, and so names no tool: to allow the whole of it would allow more than was said.
 */
export function toolNamesOf(names: string | readonly string[]): string[] {
  const single = typeof names === "string" ? names.split(",") : names;
  const meant = single.map((name) => name.trim()).filter((name) => name !== "");
  return [...new Set(meant.map((name) => ownNames.get(name) ?? name))];
}

/** As `toolNamesOf`, of tools that are denied: one that is denied by a rule is denied as a whole. */
export function deniedToolNamesOf(names: string | readonly string[]): string[] {
  const single = typeof names === "string" ? names.split(",") : names;
  return toolNamesOf(single.map((name) => name.split("(")[0] ?? name));
}
