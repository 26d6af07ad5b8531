// What the keys do in a tree, as the ARIA Authoring Practices describe it.
import type { SpanRow } from "./span-rows.ts";

export interface TreeMove {
  readonly kind: "go" | "toggle" | "open";
  /** The row that is active from now on. */
  readonly at: number;
}

const pageRows = 10;

/** Undefined = the key means nothing here. */
export function treeMove(key: string, rows: readonly SpanRow[], active: number): TreeMove | undefined {
  const row = rows[active];
  if (row === undefined) return undefined;
  const last = rows.length - 1;
  const go = (at: number): TreeMove => ({ kind: "go", at: Math.min(last, Math.max(0, at)) });
  switch (key) {
    case "ArrowDown":
      return go(active + 1);
    case "ArrowUp":
      return go(active - 1);
    case "PageDown":
      return go(active + pageRows);
    case "PageUp":
      return go(active - pageRows);
    case "Home":
      return go(0);
    case "End":
      return go(last);
    case "ArrowRight":
      if (!row.hasChildren) return go(active);
      return row.isExpanded ? go(active + 1) : { kind: "toggle", at: active };
    case "ArrowLeft":
      return row.isExpanded ? { kind: "toggle", at: active } : go(row.parentRow < 0 ? active : row.parentRow);
    case "Enter":
    case " ":
      return { kind: "open", at: active };
    default:
      return undefined;
  }
}
