// Recurses until the stack ends.
// expect: safe
let depth = 0;
const dive = () => { depth++; dive(); };
try { dive(); } catch (error) { if (!(error instanceof RangeError)) return "ESCAPED"; }
return depth > 100 ? "safe" : "ESCAPED";
