// Hands ten million functions to parallel.
// expect: safe | limited:memory-limit
try { await parallel(new Array(1e7).fill(async () => 1)); } catch (error) { return error instanceof RangeError ? "safe" : "ESCAPED"; }
return "ESCAPED";
