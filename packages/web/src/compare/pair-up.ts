// Puts the turns of two conversations beside each other.
//
// Invariants
//   U1  Each item of each side is in exactly one pair, and each side keeps its order.
//   U2  The pairs do not depend on which side is called the first: exchanged sides give the exchanged pairs.

/** What stands beside each other; null where the other side has nothing in this place. */
export type Pair<Item> =
  | { readonly one: Item; readonly other: Item }
  | { readonly one: Item; readonly other: null }
  | { readonly one: null; readonly other: Item };

/** So many items further on it is looked for what is alike, before two that are not are put beside each other. */
const lookAhead = 4;

/** Those that are alike stand together, as far as one of the two has no more than a few between; the others by their turn. */
export function pairUp<Item>(
  ones: readonly Item[],
  others: readonly Item[],
  isAlike: (one: Item, other: Item) => boolean,
): readonly Pair<Item>[] {
  const pairs: Pair<Item>[] = [];
  let [at, otherAt] = [0, 0];
  const isAlikeAt = (ahead: number, otherAhead: number): boolean => {
    const [one, other] = [ones[at + ahead], others[otherAt + otherAhead]];
    return one !== undefined && other !== undefined && isAlike(one, other);
  };
  /** Which side has a few for itself here, and how many: below 0 = the other one. */
  const lead = (): number => {
    if (isAlikeAt(0, 0)) return 0;
    for (let ahead = 1; ahead <= lookAhead; ahead += 1) {
      const [own, opposite] = [isAlikeAt(ahead, 0), isAlikeAt(0, ahead)];
      if (own !== opposite) return own ? ahead : -ahead;
      if (own) return 0;
    }
    return 0;
  };
  while (at < ones.length || otherAt < others.length) {
    const ahead = lead();
    const isTogether = ahead === 0 && at < ones.length && otherAt < others.length;
    const alone = isTogether ? 0 : Math.max(ahead, otherAt < others.length ? 0 : 1);
    const otherAlone = isTogether ? 0 : Math.max(-ahead, at < ones.length ? 0 : 1);
    if (isTogether) pairs.push({ one: ones[at++] as Item, other: others[otherAt++] as Item });
    for (const one of ones.slice(at, at + alone)) pairs.push({ one, other: null });
    for (const other of others.slice(otherAt, otherAt + otherAlone)) pairs.push({ one: null, other });
    at += alone;
    otherAt += otherAlone;
  }
  return pairs;
}

/** Without those at the end of which it is not known what stands beside them: a side that is not whole has more. */
export function settledPairs<Item>(
  pairs: readonly Pair<Item>[],
  isOneWhole: boolean,
  isOtherWhole: boolean,
): readonly Pair<Item>[] {
  const last = pairs.findLastIndex(
    ({ one, other }) => (one !== null || isOneWhole) && (other !== null || isOtherWhole),
  );
  return pairs.slice(0, last + 1);
}

/** Items that both sides have, as often as both have them, and those that one has for itself; each in its own order. */
export interface Divided<Item> {
  readonly both: readonly { readonly one: Item; readonly other: Item }[];
  readonly onlyOne: readonly Item[];
  readonly onlyOther: readonly Item[];
}

/** Wherever they stand: the order does not count. `nameOf`: the same for those that are alike. */
export function divide<Item>(
  ones: readonly Item[],
  others: readonly Item[],
  nameOf: (item: Item) => string,
): Divided<Item> {
  const waiting = new Map<string, Item[]>();
  for (const other of others) {
    const name = nameOf(other);
    waiting.set(name, [...(waiting.get(name) ?? []), other]);
  }
  const both: { readonly one: Item; readonly other: Item }[] = [];
  const onlyOne: Item[] = [];
  for (const one of ones) {
    const other = waiting.get(nameOf(one))?.shift();
    if (other === undefined) onlyOne.push(one);
    else both.push({ one, other });
  }
  const left = new Set([...waiting.values()].flat());
  return { both, onlyOne, onlyOther: others.filter((other) => left.has(other)) };
}
