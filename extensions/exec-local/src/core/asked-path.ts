// What a path means before anything is opened: the names to follow from the root, or why it is refused.
// This is the polite check with the good message. The one that holds is made on what was opened.

export type AskedPath =
  | { readonly kind: "inside"; readonly names: readonly string[] }
  | {
      readonly kind: "refused";
      readonly code: "outside-root" | "invalid-path";
      readonly message: string;
    };

/** Reads a path that is relative to the root, or absolute below one of the spellings of the root. */
export function parseAskedPath(asked: string, rootSpellings: readonly string[]): AskedPath {
  const foreign = describeForeignSyntax(asked);
  if (foreign !== undefined) return { kind: "refused", code: "invalid-path", message: foreign };
  const names = followNames(asked);
  if (names === undefined) return outside(asked, rootSpellings);
  if (!asked.startsWith("/")) return { kind: "inside", names };
  for (const spelling of rootSpellings) {
    const rest = namesBelow(names, followNames(spelling) ?? []);
    if (rest !== undefined) return { kind: "inside", names: rest };
  }
  return outside(asked, rootSpellings);
}

function describeForeignSyntax(asked: string): string | undefined {
  if (asked.includes("\0")) return "The path holds a NUL character. Leave it out.";
  if (asked === "~" || asked.startsWith("~/")) {
    return `"${asked}" is not expanded. Give a path relative to the working folder.`;
  }
  if (/^(file:|[a-z][a-z0-9+.-]{1,20}:\/\/)/i.test(asked)) {
    return `"${asked}" is a URL. Give a path relative to the working folder.`;
  }
  if (asked.startsWith("\\\\") || /^[a-z]:[\\/]/i.test(asked)) {
    return `"${asked}" is a path of another system. Give a path with "/", relative to the working folder.`;
  }
  return undefined;
}

/** The names left after `.` and `..` are resolved; undefined where `..` climbs above the start. */
function followNames(path: string): string[] | undefined {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names;
}

function namesBelow(names: readonly string[], root: readonly string[]): string[] | undefined {
  return root.every((name, index) => names[index] === name) ? names.slice(root.length) : undefined;
}

function outside(asked: string, rootSpellings: readonly string[]): AskedPath {
  const message = `"${asked}" is outside of the working folder ${rootSpellings[0]}. Give a path inside of it.`;
  return { kind: "refused", code: "outside-root", message };
}
