// Looks for the class of suppressed errors and for stacks of things to dispose of.
// expect: safe
// bites
const found = [];
for (const name of ["SuppressedError", "DisposableStack", "AsyncDisposableStack"]) if (name in globalThis) found.push(name);
const iterator = [1].values();
for (const symbol of [Symbol.dispose, Symbol.asyncDispose].filter(Boolean)) {
  for (const one of [iterator, agent, budget, Promise.resolve(), (async function* () {})()]) {
    try { if (powerOf(one[symbol])) found.push(String(symbol)); } catch {}
  }
}
return verdict(found);
