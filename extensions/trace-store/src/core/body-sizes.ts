// About how much memory a body that waits holds alive. Looking at it costs what is new in it, and at most a few items:
// this runs on the turn's own path.
import type { Body, BodyItem } from "@lathe/kernel";

interface Seen {
  itemCount: number;
  head: string;
}

/** More new items than these are not looked at one by one: so many are there at once only when a history is loaded. */
const measuredItemsMax = 32;
const usualItemBytes = 256;
const measuredMembersMax = 64;

export class BodySizes {
  readonly #seen = new WeakMap<readonly BodyItem[], Seen>();

  /** Bytes of what was not in the body before this one that has the same items. */
  newBytes({ head, items, itemCount, tail }: Body): number {
    const seen = itemCount === 0 ? undefined : this.#seen.get(items);
    let bytes = usualItemBytes + tail.length;
    if (seen?.head !== head) bytes += head.length;
    const from = seen === undefined ? 0 : Math.min(seen.itemCount, itemCount);
    const measuredFrom = Math.max(from, itemCount - measuredItemsMax);
    bytes += (measuredFrom - from) * usualItemBytes;
    for (let index = measuredFrom; index < itemCount; index++) bytes += bytesOf(items[index]);
    return bytes;
  }

  /** The body was taken: what it holds is not new in the next one. */
  taken({ head, items, itemCount }: Body): void {
    if (itemCount === 0) return;
    const seen = this.#seen.get(items);
    if (seen === undefined) this.#seen.set(items, { head, itemCount });
    else {
      seen.head = head;
      seen.itemCount = itemCount;
    }
  }
}

function bytesOf(item: BodyItem | undefined): number {
  if (typeof item === "string") return item.length;
  if (item instanceof Uint8Array) return item.byteLength;
  return item === undefined ? 0 : usualItemBytes + textLength(item);
}

/** The text that a value holds, as far as a few of its members tell. */
function textLength(root: object): number {
  const pending: unknown[] = [root];
  let length = 0;
  for (let looked = 0; looked < measuredMembersMax && pending.length > 0; looked++) {
    const value = pending.pop();
    if (typeof value === "string") length += value.length;
    else if (Array.isArray(value)) pending.push(...value.slice(0, measuredMembersMax));
    else if (typeof value === "object" && value !== null) {
      for (const name in value) {
        if (pending.length >= measuredMembersMax) break;
        pending.push((value as Record<string, unknown>)[name]);
      }
    }
  }
  return length;
}
