// Cuts a long text into pieces that are laid out apart, so that a text that grows changes its last piece only.

export const chunkChars = 8_000;

/**
 * The pieces of `text`, in order; together they are `text`. Each ends with a line where that is possible within
 * `chunkChars`, and never inside of a surrogate pair. Where a piece ends depends on nothing that comes after
 * `chunkChars` more characters: of a text that is appended to, all pieces but the last stay as they are.
 */
export function chunksOf(text: string): readonly string[] {
  const chunks: string[] = [];
  let start = 0;
  while (text.length - start > chunkChars) {
    const end = chunkEnd(text, start);
    chunks.push(text.slice(start, end));
    start = end;
  }
  if (start < text.length) chunks.push(text.slice(start));
  return chunks;
}

function chunkEnd(text: string, start: number): number {
  const lineEnd = text.lastIndexOf("\n", start + chunkChars - 1) + 1;
  if (lineEnd > start) return lineEnd;
  const end = start + chunkChars;
  const beforeEnd = text.charCodeAt(end - 1);
  return beforeEnd >= 0xd800 && beforeEnd <= 0xdbff ? end - 1 : end;
}
