// Shares one cap among calls of every kind.
// expect: safe
let count = 0;
try { for (;;) { await [agent, workflow, approve][count % 3]("x"); count++; } } catch (error) { return count === 1000 && error instanceof RangeError ? "safe" : `ESCAPED ${count}`; }
