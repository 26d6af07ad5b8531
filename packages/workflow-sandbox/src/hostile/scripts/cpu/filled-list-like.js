// Fills what says that it is 2^53 long.
// expect: limited:cpu-limit | limited:memory-limit
return Array.prototype.fill.call(new Proxy({}, { get: () => 2 ** 53 - 1, set: () => true }), 0);
