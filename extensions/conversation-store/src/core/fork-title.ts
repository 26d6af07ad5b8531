// What a fork is called where nobody has given it a title: as the one that it was made of, and at the beginning, which narrow
// lists do not cut off, that it is a fork.
import type { Conversation } from "@lathe/kernel";

const titleLengthMax = 500;
const ofFork = /^Fork(?: (\d{1,6}))?: /;

/** `Fork: T` of T, `Fork 2: T` of `Fork: T`, and so on; null where the other has no title. */
export function forkTitleOf({ title }: Pick<Conversation, "title">): string | null {
  if (title === null) return null;
  const [prefix = "", count = "1"] = ofFork.exec(title) ?? [];
  const own = prefix === "" ? "Fork: " : `Fork ${Number(count) + 1}: `;
  return cut(`${own}${title.slice(prefix.length)}`);
}

/** No longer than what can be given, and without half of a pair at the end, which would not be text. */
function cut(title: string): string {
  return title.slice(0, titleLengthMax).replace(/[\uD800-\uDBFF]$/, "");
}
