// Reads the listing of a tool, whose exact form is the tool's own: a line per entry, or JSON.

export interface ListedEntry {
  readonly path: string;
  readonly kind: "file" | "folder";
  /** `null` where the listing does not say. */
  readonly sizeBytes: number | null;
}

/** The entries that could be read; lines that are no entry (headings, notices) are left out. */
export function readListing(text: string): readonly ListedEntry[] {
  const entries = readJson(text) ?? text.split("\n").map(readLine);
  return entries.filter((entry): entry is ListedEntry => entry !== undefined);
}

/** The largest file whose size is known; the first of those that are equally large. */
export function largestOf(entries: readonly ListedEntry[]): ListedEntry | undefined {
  let largest: ListedEntry | undefined;
  for (const entry of entries) {
    if (entry.kind !== "file" || entry.sizeBytes === null) continue;
    if (largest === undefined || entry.sizeBytes > (largest.sizeBytes ?? 0)) largest = entry;
  }
  return largest;
}

const lineLengthMax = 1_000;
const size = String.raw`\(?(?<size>\d[\d,.]*)(?:\s*(?<unit>bytes?|B|[KMG]i?B))?\)?`;
const onlySize = new RegExp(`^${size}$`);
const sizeBehind = new RegExp(`^(?<path>\\S.*?)\\s+${size}$`);
const sizeBefore = new RegExp(`^${size}\\s+(?<path>\\S.*)$`);

function readLine(line: string): ListedEntry | undefined {
  const text = line.trim().replace(/^[-*•]\s+/, "");
  if (isNotice(text)) return undefined;
  if (text.includes("\t")) return readColumns(text.split("\t").map((column) => column.trim()));
  const folder = /^(\S.*?)(?:\/|\s+\(?(?:folder|directory)\)?)$/.exec(text)?.[1];
  if (folder !== undefined) return { path: folder, kind: "folder", sizeBytes: null };
  const groups = (sizeBehind.exec(text) ?? sizeBefore.exec(text))?.groups;
  if (groups?.path !== undefined)
    return { path: unframed(groups.path), kind: "file", sizeBytes: bytesOf(groups) };
  return /\s/.test(text) ? undefined : { path: text, kind: "file", sizeBytes: null };
}

/** Headings end with a colon, sentences with a full stop, remarks stand in brackets. */
function isNotice(text: string): boolean {
  return text === "" || text.length > lineLengthMax || /^[([<].*[)\]>]$/.test(text) || /\s.*[:.]$/.test(text);
}

/** Columns in any order: the kind and the size are known by their looks, the path is what remains. */
function readColumns(columns: readonly string[]): ListedEntry | undefined {
  const isFolder = columns.some(
    (column) => /^(?:folder|directory|dir)$/i.test(column) || column.endsWith("/"),
  );
  const path = columns.find(
    (column) => !/^(?:|-|file|folder|directory|dir|link|other)$/i.test(column) && !onlySize.test(column),
  );
  if (path === undefined) return undefined;
  if (isFolder) return { path: path.replace(/\/$/, ""), kind: "folder", sizeBytes: null };
  const groups = columns.map((column) => onlySize.exec(column)?.groups).find((found) => found !== undefined);
  return { path, kind: "file", sizeBytes: groups === undefined ? null : bytesOf(groups) };
}

function unframed(path: string): string {
  return path.replace(/^file\s+/, "").replace(/^["'`](.*)["'`]$/, "$1");
}

function bytesOf(groups: Readonly<Record<string, string | undefined>>): number {
  const count = Number((groups.size ?? "").replaceAll(",", ""));
  const factors: Readonly<Record<string, number>> = { K: 1_024, M: 1_048_576, G: 1_073_741_824 };
  return Math.round(count * (factors[groups.unit?.charAt(0) ?? ""] ?? 1));
}

function readJson(text: string): readonly (ListedEntry | undefined)[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const list = Array.isArray(value) ? value : (value as { readonly entries?: unknown }).entries;
    return Array.isArray(list) ? list.map(readJsonEntry) : undefined;
  } catch {
    return undefined;
  }
}

function readJsonEntry(value: unknown): ListedEntry | undefined {
  if (typeof value === "string") return readLine(value);
  if (typeof value !== "object" || value === null) return undefined;
  const { path, name, kind, sizeBytes } = value as Readonly<Record<string, unknown>>;
  const shown = path ?? name;
  if (typeof shown !== "string") return undefined;
  if (kind === "folder") return { path: shown, kind, sizeBytes: null };
  return { path: shown, kind: "file", sizeBytes: typeof sizeBytes === "number" ? sizeBytes : null };
}
