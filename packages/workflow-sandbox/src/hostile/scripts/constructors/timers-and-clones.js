// Makes code from text by the constructors of timers, URL and structuredClone.
// expect: safe
// bites
const found = [];
const id = setTimeout(() => undefined, 1);
for (const one of [setTimeout, clearTimeout, structuredClone, URL, URL.canParse, id, structuredClone({ a: [1] }), structuredClone(new Map())]) {
  if (powerOf(one)) found.push(typeof one);
}
clearTimeout(id);
return verdict(found);
