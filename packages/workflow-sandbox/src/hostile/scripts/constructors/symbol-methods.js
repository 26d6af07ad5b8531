// Reaches out by the well-known symbols of whatever is given.
// expect: safe
// bites
const found = [];
const symbols = Reflect.ownKeys(Symbol).map((key) => Symbol[key]).filter((one) => typeof one === "symbol");
for (const owner of [agent, console, budget, args, URL, setTimeout, Promise, Array, RegExp, Date, Map, Function.prototype, Object.prototype]) {
  for (const symbol of [...symbols, Symbol.for("nodejs.util.inspect.custom"), Symbol.for("nodejs.rejection")]) {
    try {
      if (powerOf(owner[symbol])) found.push(String(symbol));
    } catch {}
  }
}
return verdict(found);
