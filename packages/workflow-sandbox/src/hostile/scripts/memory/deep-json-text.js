// Parses JSON that is nested ten million deep.
// expect: failed | limited:cpu-limit | limited:memory-limit
const deep = JSON.parse("[".repeat(1e7) + "]".repeat(1e7));
return Array.isArray(deep) ? "safe" : "ESCAPED";
