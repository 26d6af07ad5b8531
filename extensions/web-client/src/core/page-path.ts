// Which addresses are the page's own. It reads them itself, so that each is answered with the same page.

// Answered by others, or exactly or not at all.
const takenRooms: readonly string[] = ["api", "assets", "livez", "readyz"];

// Letters, digits and what names are made of, but no dot: whatever has one is the name of a file, or means another folder.
const plainSegment = /^[\p{L}\p{N} _~!*'()@:+,;=&$-]+$/u;

/**
 * Whether the path, as it was sent, is an address within the page: `/c/cnv_1`, `/workflows/review`. Judged by what it
 * means: an escape hides no second slash, no dot, and nothing that is not text.
 */
export function isPagePath(path: string): boolean {
  if (path === "/") return true;
  const segments = path.slice(1).split("/").map(decoded);
  return !takenRooms.includes(segments[0] ?? "") && segments.every((segment) => plainSegment.test(segment));
}

/** Empty where it cannot be decoded. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}
