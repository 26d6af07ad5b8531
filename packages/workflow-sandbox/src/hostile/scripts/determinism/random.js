// Asks for chance by every way to spell it.
// expect: safe
// bites
const found = [];
for (const read of [() => Math.random(), () => Reflect.apply(Math.random, Math, []), () => globalThis.Math.random(), () => ({ ...Math }).random(), () => Object.getOwnPropertyDescriptor(Math, "random").value(), () => crypto.getRandomValues([1]), () => crypto.randomUUID(), () => Object.create(Math).random(), () => Math.constructor.random()]) {
  try { const value = read(); if (value !== undefined) found.push(String(read)); } catch {}
}
return verdict(found);
