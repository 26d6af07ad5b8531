// Which addresses are the page's own. It reads them itself, so that each is answered with the same page.

// Answered by others, or exactly or not at all.
const takenRooms: readonly string[] = ["api", "assets", "livez", "readyz"];

// Letters, digits and what names are made of, but no dot: whatever has one is the name of a file, or means another folder.
const plainSegment = /^[\p{L}\p{N} _~!*'()@:+,;=&$-]+$/u;

/** Whether the path, as it was sent, is an address within the page: `/c/cnv_1`, `/workflows/review`. */
export function isPagePath(path: string): boolean {
  if (path === "/") return true;
  const segments = path.slice(1).split("/");
  return !takenRooms.includes(segments[0] ?? "") && segments.every(isPlain);
}

/** Judged by what it means: an escape hides no second slash, no dot, and nothing that is not text. */
function isPlain(segment: string): boolean {
  try {
    return plainSegment.test(decodeURIComponent(segment));
  } catch {
    return false;
  }
}
