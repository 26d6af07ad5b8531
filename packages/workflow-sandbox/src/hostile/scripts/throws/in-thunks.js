// Throws odd values in thunks, of which each gives null.
// expect: safe
const odd = [null, undefined, Symbol("s"), { get message() { throw 1; } }, new Proxy({}, { get() { throw 2; } }), "t".repeat(1e6), () => 1];
const list = await parallel([...odd.map((one) => async () => { throw one; }), ...odd.map((one) => () => { throw one; })]);
return list.every((one) => one === null) && list.length === 14 ? "safe" : "ESCAPED";
