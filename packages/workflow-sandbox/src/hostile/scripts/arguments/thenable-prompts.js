// Gives thenables where values are expected, which nobody may wait for.
// expect: safe
let called = 0;
const thenable = { then(resolve) { called++; resolve("evil"); }, toJSON: () => ({ a: 1 }) };
try { await agent(thenable); } catch {}
await agent("x", thenable);
await workflow("w", thenable);
log(thenable);
return called === 0 ? "safe" : `ESCAPED ${called}`;
