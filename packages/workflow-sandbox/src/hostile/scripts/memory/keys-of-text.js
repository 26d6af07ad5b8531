// Asks a long text for its keys.
// expect: failed | limited:memory-limit | limited:cpu-limit
return Object.keys("x".repeat(2 ** 25)).length;
