// Throws an error with a million causes.
// expect: failed:script-error | limited:cpu-limit | limited:memory-limit
let error = new Error("x");
for (let at = 0; at < 2e5; at++) error = new Error("y", { cause: error });
throw error;
