// Which addresses are the page's own. It reads them itself, so that each is answered with the same page.

// Answered by others, or exactly or not at all.
const takenRooms: readonly string[] = ["api", "assets", "livez", "readyz"];

// Letters, digits and what names are made of. A dot in the first segment makes it the name of a file.
const room = /^[\p{L}\p{N} _~!*'()@:+,;=&$-]+$/u;
// What is in a room may be called with dots, but dots alone mean another folder.
const name = /^(?!\.+$)[\p{L}\p{M}\p{N} ._~!*'()@:+,;=&$#?-]+$/u;

/**
 * Whether the path, as it was sent, is an address within the page: `/c/cnv_1`, `/workflows/review`. Judged by what it
 * means: an escape hides no second slash, no other folder, and nothing that is not text.
 */
export function isPagePath(path: string): boolean {
  if (path === "/") return true;
  const [first = "", ...names] = path.slice(1).split("/").map(decoded);
  return (
    !takenRooms.includes(first.toLowerCase()) &&
    room.test(first) &&
    names.every((segment) => name.test(segment))
  );
}

/** Empty where it cannot be decoded. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}
