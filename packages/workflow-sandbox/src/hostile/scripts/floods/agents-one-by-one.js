// Asks agents without end, one after the other, F7s.
// expect: safe
let count = 0;
try { for (;;) { await agent("x"); count++; } } catch (error) { return count === 1000 && error instanceof RangeError ? "safe" : `ESCAPED ${count} ${error.message}`; }
