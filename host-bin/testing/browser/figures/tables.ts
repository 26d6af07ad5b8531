export type Row = Readonly<Record<string, string | number>>;

/** The columns are those of the first row. Numbers are rounded to one digit behind the point. */
export function renderTable(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => names.map((name) => cell(row[name])));
  const all = [names, names.map(() => "--"), ...lines];
  return all.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The one in the middle; of an even number the higher one of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function cell(value: string | number | undefined): string {
  return typeof value === "number" ? String(Math.round(value * 10) / 10) : (value ?? "");
}
