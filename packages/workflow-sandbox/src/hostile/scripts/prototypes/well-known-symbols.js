// Hooks the symbols that the language asks for.
// expect: safe
const found = [];
for (const owner of [Object.prototype, Array.prototype, Function.prototype, String.prototype, Promise, RegExp.prototype, Error.prototype]) {
  for (const symbol of [Symbol.toPrimitive, Symbol.isConcatSpreadable, Symbol.species, Symbol.toStringTag, Symbol.unscopables, Symbol.hasInstance, Symbol.asyncIterator, Symbol.dispose]) {
    const before = owner[symbol];
    try {
      Object.defineProperty(owner, symbol, { get: () => () => "evil", configurable: true });
    } catch {}
    try {
      owner[symbol] = () => "evil";
    } catch {}
    if (owner[symbol] !== before) found.push(String(symbol));
  }
}
if ((await agent("x")) !== "echo:x") found.push("answer");
return verdict(found);
