// Joins what says that it is billions long.
// expect: limited:cpu-limit | limited:memory-limit | failed
return Array.prototype.join.call({ length: 2 ** 32 - 1 }, "").length;
