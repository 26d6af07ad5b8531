// Hands a million items to pipeline.
// expect: safe
try { await pipeline(Array.from({ length: 1e5 }, (_, at) => at), (x) => x); } catch (error) { return error instanceof RangeError ? "safe" : "ESCAPED"; }
return "ESCAPED";
