// Throws a name of a hundred megabytes.
// expect: failed:script-error | limited:memory-limit
throw Object.assign(new Error("x"), { name: "n".repeat(1e8) });
