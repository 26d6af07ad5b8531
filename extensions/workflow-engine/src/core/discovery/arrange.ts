// Which workflow a name stands for, of all that were found.
//
// A broken file takes part under its file's name: a workflow that is broken must not be run as another one that stands
// farther away.
import type { FoundScript, LibraryItem } from "./library-item.ts";

export interface Arrangement {
  /** In order of names; the one that is run comes before others of its name, which have an error. */
  readonly items: readonly LibraryItem[];
  /** What each name stands for. */
  readonly byName: ReadonlyMap<string, LibraryItem>;
}

/** Of each folder what was found in it, in order of file names; nearest folder first. */
export function arrange(folders: readonly (readonly FoundScript[])[]): Arrangement {
  const places = new Map<string, FoundScript[]>();
  const spare: LibraryItem[] = [];
  for (const folder of folders) {
    const own = new Map<string, FoundScript>();
    // Whole scripts come first: the name of a broken one is only a guess.
    for (const found of folder.toSorted((one, other) => rank(one) - rank(other))) {
      const first = own.get(found.name);
      if (first === undefined) own.set(found.name, found);
      else spare.push({ ...second(found, first), shadows: [] });
    }
    for (const found of own.values()) {
      const held = places.get(found.name);
      if (held === undefined) places.set(found.name, [found]);
      else held.push(found);
    }
  }
  const byName = new Map([...places].map(([name, found]) => [name, nearestOf(found)]));
  // The sort is stable: what is run stays before its spares.
  const items = [...byName.values(), ...spare].toSorted((one, other) => compare(one.name, other.name));
  return { items, byName };
}

function rank({ script }: FoundScript): number {
  return script === null ? 1 : 0;
}

function nearestOf([nearest, ...farther]: readonly FoundScript[]): LibraryItem {
  // There is one at least: the list was begun with it.
  return { ...(nearest as FoundScript), shadows: farther.map(({ source }) => source) };
}

function second(found: FoundScript, first: FoundScript): FoundScript {
  if (found.problem !== null) return found;
  const message = `${first.source.path} in the same folder has the name "${found.name}" already, so this one is not run. Give it another name.`;
  return { ...found, problem: { code: "duplicate-name", message, line: null, column: null } };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
