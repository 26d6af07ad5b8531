// Reaches out by iterator helpers and their wrappers.
// expect: safe
// bites
const found = [];
const odd = { next() { return { done: false, get value() { return agent; } }; }, return: () => ({}), [Symbol.iterator]() { return this; } };
for (const use of [(it) => it.map((x) => x), (it) => it.filter(() => true), (it) => it.take(2), (it) => it.drop(1), (it) => it.flatMap((x) => [x])]) {
  const helper = use(Iterator.from(odd));
  for (const one of [helper, helper.next, helper.next(), Object.getPrototypeOf(helper), Object.getPrototypeOf(Object.getPrototypeOf(helper))]) if (powerOf(one)) found.push(String(use));
}
for (const [key, value] of [["constructor", 1], [Symbol.toStringTag, "evil"]]) { try { Iterator.prototype[key] = value; } catch {} if (Iterator.prototype[key] === value) found.push(String(key)); }
try { class Mine extends Iterator {} if (powerOf(new Mine())) found.push("derived"); new Iterator(); found.push("made"); } catch {}
return verdict(found);
