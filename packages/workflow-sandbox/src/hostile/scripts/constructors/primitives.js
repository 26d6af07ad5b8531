// Climbs from numbers, texts, symbols and their kind.
// expect: safe
// bites
const found = [];
for (const one of [1, "a", true, Symbol("s"), 1n, /x/, [], {}, new Date(0), new Map(), new WeakMap(), Math, JSON, Reflect, Symbol.iterator]) {
  if (powerOf(one) || powerOf(Object.getPrototypeOf(Object(one)))) found.push(typeof one);
}
return verdict(found);
