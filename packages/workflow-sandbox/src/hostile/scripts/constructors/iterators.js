// Reaches out by every kind of iterator and its prototypes.
// expect: safe
// bites
const iterators = [
  [].values(), new Map().entries(), new Set().values(), "a"[Symbol.iterator](), "a".matchAll(/a/g),
  (function* () {})(), (async function* () {})(), [1].values().map((x) => x), [1].values().flatMap((x) => [x]),
  Iterator.from({ next: () => ({ done: true }) }), [1].values().take(1),
];
const found = [];
for (const one of iterators) {
  for (let at = one; at !== null; at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      const { get, set, value } = Object.getOwnPropertyDescriptor(at, key);
      for (const part of [get, set, value]) if (powerOf(part)) found.push(String(key));
    }
    if (powerOf(at)) found.push("prototype");
  }
}
return verdict(found);
