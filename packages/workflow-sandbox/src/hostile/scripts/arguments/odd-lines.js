// Logs everything that is no text.
// expect: safe
const odd = [Symbol("s"), 1n, null, undefined, () => 1, class {}, new Proxy({}, { get() { throw 1; } }), { toJSON() { throw 1; } }, Object.create(null), [agent], new Error("e"), new Date(NaN), { toJSON: () => 1n }, new Proxy(() => 1, {}), /x/, [,], -0, budget, console, globalThis, args];
for (const one of odd) { log(one); console.log(one, one); console.error(one); console.dir(one); console.table(one); console.group(one); phase(one); }
console.groupEnd();
log();
return "safe";
