// Watches the garbage collector.
// expect: safe
// bites
const found = [];
for (const name of ["WeakRef", "FinalizationRegistry", "gc"]) if (name in globalThis) found.push(name);
for (const owner of [WeakMap.prototype, WeakSet.prototype, Symbol.prototype]) for (const key of Reflect.ownKeys(owner)) if (/ref|final|size|length/i.test(String(key)) && key !== "length") found.push(String(key));
return verdict(found);
