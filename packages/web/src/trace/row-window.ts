// Which rows of a long list are made: those in sight and a few around them. Heights may differ from row to row.

export interface RowWindow {
  /** The first row that is made, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** Where each row begins, and behind them where the last one ends. */
export function offsetsOf(heights: readonly number[]): readonly number[] {
  const offsets = [0];
  let end = 0;
  for (const height of heights) {
    end += height;
    offsets.push(end);
  }
  return offsets;
}

/** `top` and `height` say what is in sight, in the unit of the offsets; so much more is made on either side. */
export function windowOf(
  offsets: readonly number[],
  { top, height }: { readonly top: number; readonly height: number },
  around: number,
): RowWindow {
  const rowCount = offsets.length - 1;
  const from = Math.max(0, rowAt(offsets, top - around));
  const to = Math.min(rowCount, rowAt(offsets, top + height + around) + 1);
  return { from: Math.min(from, rowCount), to };
}

/** The row that holds the position: the first for what is before, the last for what is behind. */
function rowAt(offsets: readonly number[], position: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
