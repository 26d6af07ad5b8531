// Applies a function to what says that it is billions long.
// expect: failed | limited:cpu-limit | limited:memory-limit
return Math.max.apply(null, { length: 2 ** 32 - 1 });
