// Which addresses are the page's own. It reads them itself, so that each is answered with the same page.

// Answered by others, or exactly or not at all.
const takenRooms: readonly string[] = ["api", "assets", "livez", "readyz"];

// Letters, digits and what names are made of, but no dot: whatever has one is the name of a file, or means another folder.
const plainSegment = /^[\p{L}\p{N} _~!*'()@:+,;=&$-]+$/u;

// Workflows are called by people, who may write dots; dots alone mean another folder.
const roomOfNames = "workflows";
const nameSegment = /^(?!\.+$)[\p{L}\p{M}\p{N} ._~!*'()@:+,;=&$#?-]+$/u;

/**
 * Whether the path, as it was sent, is an address within the page: `/c/cnv_1`, `/workflows/review`. Judged by what it
 * means: an escape hides no second slash, no other folder, and nothing that is not text.
 */
export function isPagePath(path: string): boolean {
  if (path === "/") return true;
  const [room = "", ...rest] = path.slice(1).split("/").map(decoded);
  if (takenRooms.includes(room.toLowerCase()) || !plainSegment.test(room)) return false;
  const form = room === roomOfNames ? nameSegment : plainSegment;
  return rest.every((segment) => form.test(segment));
}

/** Empty where it cannot be decoded. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}
