// Throws odd values in stages, of which each gives null.
// expect: safe
const odd = [null, undefined, Symbol("s"), { get name() { throw 1; } }, new Proxy({}, { get() { throw 2; } })];
const list = await pipeline(odd, (x) => { throw x; }, () => "reached");
return list.every((one) => one === null) ? "safe" : "ESCAPED";
