// Hands everything but lists to parallel and pipeline.
// expect: safe
// bites
const found = [];
for (const one of [undefined, null, 1, "abc", {}, { length: 1, 0: () => 1 }, new Set(), (function* () {})(), agent, new Proxy({}, {}), Symbol("s")]) {
  for (const call of [() => parallel(one), () => pipeline(one, (x) => x)]) {
    try { await call(); found.push(typeof one); } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)); }
  }
}
return verdict(found);
