// Nests a pattern a million deep.
// expect: safe | failed | limited:memory-limit | limited:cpu-limit
try { new RegExp("(".repeat(1e6) + ")".repeat(1e6)).test("x"); } catch (error) { if (!(error instanceof SyntaxError || error instanceof RangeError)) return "ESCAPED"; }
return "safe";
