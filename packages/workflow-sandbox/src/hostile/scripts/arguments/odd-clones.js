// Clones proxies, getters, functions, classes and what hooks the copying.
// expect: safe
// bites
const found = [];
let reads = 0;
class Thing { #secret = 1; get value() { reads++; return 1; } }
for (const one of [new Thing(), new Proxy({ a: 1 }, {}), { get a() { reads++; return 1; } }, new (class extends Map { get() { reads++; } })([[1, 2]]), new (class extends Array {})(1, 2), Object.create({ inherited: 1 }), Object.assign([], { extra: 1 })]) {
  try { const copy = structuredClone(one); if (powerOf(copy) || copy === one || copy.inherited) found.push("copy"); } catch (error) { if (!(error instanceof Error)) found.push("error"); }
}
for (const one of [() => 1, Symbol("s"), Promise.resolve(), new WeakMap(), { a: () => 1 }, new Proxy({}, { ownKeys() { throw new Error("k"); } })]) { try { structuredClone(one); found.push(typeof one); } catch (error) { if (!(error instanceof Error)) found.push("error"); } }
const copy = structuredClone(JSON.parse('{"__proto__":{"polluted":1}}'));
if (copy.polluted === 1 && !Object.hasOwn(copy, "__proto__")) found.push("prototype");
return verdict(found);
