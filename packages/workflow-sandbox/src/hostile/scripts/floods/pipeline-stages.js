// Hands a hundred thousand stages to pipeline.
// expect: safe | failed | limited:cpu-limit | limited:memory-limit
try { const [end] = await pipeline([0], ...new Array(5e4).fill((x) => x + 1)); return end === 5e4 ? "safe" : "ESCAPED"; } catch (error) { return error instanceof RangeError ? "safe" : "ESCAPED"; }
