// Patches the hidden prototypes of iterators and generators.
// expect: safe
// bites
const owners = [[].values(), new Map().values(), ""[Symbol.iterator](), Object.getPrototypeOf((function* () {})()), Object.getPrototypeOf((async function* () {})()), [1].values().map((x) => x)].map((one) => Object.getPrototypeOf(one));
const parts = [];
for (const owner of [...owners, Iterator.prototype, Object.getPrototypeOf(owners[3])]) parts.push(await patched(owner, ["next", "return", "throw", Symbol.iterator, Symbol.asyncIterator, Symbol.dispose, Symbol.toStringTag, "constructor"], () => ({ done: true })));
return parts.every((one) => one === "safe") ? "safe" : `ESCAPED ${parts}`;
