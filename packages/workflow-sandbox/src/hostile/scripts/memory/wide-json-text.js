// Parses a very wide JSON text.
// expect: failed | limited:cpu-limit | limited:memory-limit
return JSON.parse(`[${"{\"a\":[1]},".repeat(4e6)}1]`).length;
