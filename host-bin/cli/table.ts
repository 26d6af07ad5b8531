import { safeText } from "./terminal.ts";

/** Rows as lines with aligned columns. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) =>
    safeText(row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "))
      .replaceAll("\n", " ")
      .trimEnd(),
  );
}
