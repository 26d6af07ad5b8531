// Starts workflows without end.
// expect: safe
let count = 0;
try { for (;;) { await workflow("w", { count }); count++; } } catch (error) { return count <= 1000 && error instanceof RangeError ? "safe" : "ESCAPED"; }
