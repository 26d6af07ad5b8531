// Uses symbols as weak keys, well-known ones among them.
// expect: safe
// bites
const found = [];
const map = new WeakMap();
for (const symbol of [Symbol("s"), Symbol.iterator, Symbol.for("registered")]) { try { map.set(symbol, agent); if (powerOf(map.get(symbol))) found.push("value"); } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)); } }
return verdict(found);
