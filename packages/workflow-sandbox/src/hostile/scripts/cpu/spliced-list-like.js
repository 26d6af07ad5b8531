// Splices what says that it is 2^53 long.
// expect: limited:cpu-limit | limited:memory-limit | failed
return Array.prototype.splice.call({ length: 2 ** 53 - 1 }, 0, 1).length;
