// File name patterns: `*`, `?`, `**` for any folders, `{a,b}` for a choice. Matching takes time in proportion to the
// lengths of path and pattern multiplied, whatever the pattern is.

const alternativeCountMax = 64;

/** Makes a test of paths. A pattern without `/` is about the name alone. Throws RangeError for too many choices. */
export function compileGlob(pattern: string): (path: string) => boolean {
  const trimmed = pattern.replace(/^(?:\.?\/)+/, "");
  const alternatives = expandBraces(trimmed).map((alternative) => alternative.split("/"));
  const nameOnly = !trimmed.includes("/");
  return (path) => {
    const names = nameOnly ? [path.slice(path.lastIndexOf("/") + 1)] : path.split("/");
    return alternatives.some((parts) => matchesNames(parts, names));
  };
}

function expandBraces(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const choice = /\{([^{}]*)\}/.exec(next);
    if (choice === null) done.push(next);
    else {
      const [whole, inner = ""] = choice;
      const head = next.slice(0, choice.index);
      const tail = next.slice(choice.index + whole.length);
      for (const option of inner.split(",")) open.push(head + option + tail);
    }
    if (open.length + done.length > alternativeCountMax) {
      throw new RangeError(
        `The file pattern has more than ${alternativeCountMax} alternatives. Use a simpler one.`,
      );
    }
  }
  return done;
}

/** Which beginnings of `names` the parts so far match, carried on from part to part. */
function matchesNames(parts: readonly string[], names: readonly string[]): boolean {
  let reached = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    for (const at of reached) {
      if (part === "**") for (let to = at; to <= names.length; to++) next.add(to);
      else if (at < names.length && matchesName(part, names[at] ?? "")) next.add(at + 1);
    }
    reached = next;
  }
  return reached.has(names.length);
}

/** `*` and `?` in one name. On a mismatch only the last `*` takes one more character: that is enough. */
function matchesName(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let starAt = 0;
  for (let index = 0; index < name.length; ) {
    const wanted = pattern[at];
    if (wanted === "*") {
      star = at++;
      starAt = index;
    } else if (wanted === "?" || wanted === name[index]) {
      at++;
      index++;
    } else if (star !== -1) {
      at = star + 1;
      index = ++starAt;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
