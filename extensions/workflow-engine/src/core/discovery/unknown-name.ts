// What is said of a name that no workflow has.

/** The name that was probably meant; undefined where none is near. */
export function closestName(asked: string, names: readonly string[]): string | undefined {
  const distanceMax = Math.max(1, Math.floor(asked.length / 3));
  let closest: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    if (Math.abs(name.length - asked.length) > distanceMax) continue;
    const distance = editDistance(asked.toLowerCase(), name.toLowerCase());
    if (distance <= distanceMax && distance < (closest?.distance ?? Infinity)) closest = { name, distance };
  }
  return closest?.name;
}

/** One sentence or two, with the names that there are. */
export function unknownNameMessage(asked: string, names: readonly string[]): string {
  const closest = closestName(asked, names);
  const hint = closest === undefined ? "" : ` Did you mean "${closest}"?`;
  const shown = names.slice(0, shownCountMax).join(", ");
  const rest = names.length > shownCountMax ? ` and ${names.length - shownCountMax} more` : "";
  const known = names.length === 0 ? "There are none at all." : `There are: ${shown}${rest}.`;
  return `There is no workflow "${asked}".${hint} ${known}`;
}

const shownCountMax = 20;

/** How many characters must be added, removed or exchanged (Levenshtein), a row at a time. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let left = 1; left <= one.length; left += 1) {
    const next = [left];
    for (let right = 1; right <= other.length; right += 1) {
      const exchange = (row[right - 1] ?? 0) + (one[left - 1] === other[right - 1] ? 0 : 1);
      next.push(Math.min(exchange, (row[right] ?? 0) + 1, (next[right - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
