// The small values that callers send.
import * as v from "valibot";

const isPlain = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
const notPlain = "It holds what is no text.";

/** An id or a name. Keys of the store hold well-formed Unicode only, and no path holds a NUL. */
export const NameSchema: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(200),
  v.check(isPlain, notPlain),
);

/** A path on the daemon's machine. */
export const AbsolutePathSchema: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.maxLength(4_096),
  v.check(isPlain, notPlain),
  v.check(
    (path) => path.startsWith("/"),
    "It must be an absolute path; ~ and relative paths are not understood.",
  ),
);

/** One line for people to read, such as a title. */
export const PlainTextSchema: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(500),
  v.check(isPlain, notPlain),
);

const messageLengthMax = 524_288;

/** What is said to an agent. */
export const MessageTextSchema: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.maxLength(messageLengthMax, `The text may be ${messageLengthMax} characters long at most.`),
  v.check((text) => text.trim() !== "", "The text is empty."),
);

/** What the answer before gave as `nextCursor`. */
export const CursorSchema: v.GenericSchema<string> = NameSchema;

/** A position in a log; 0 = before the first entry. */
export const PositionSchema: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(Number.MAX_SAFE_INTEGER),
);

/** How many items a page may have. */
export function pageLimit(most: number): v.GenericSchema<number> {
  return v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
}
