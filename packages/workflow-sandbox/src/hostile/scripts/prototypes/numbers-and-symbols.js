// Patches numbers, booleans, bigints and symbols.
// expect: safe
// bites
const parts = [];
for (const owner of [Number.prototype, Boolean.prototype, BigInt.prototype, Symbol.prototype]) parts.push(await patched(owner, ["toString", "valueOf", "toJSON", "toFixed", Symbol.toPrimitive], () => "evil"));
return parts.every((one) => one === "safe") ? "safe" : `ESCAPED ${parts}`;
