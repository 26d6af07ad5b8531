// Throws a message of a hundred megabytes.
// expect: failed:script-error | limited:memory-limit
throw new Error("m".repeat(1e8));
